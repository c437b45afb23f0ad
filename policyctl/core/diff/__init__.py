"""What a change of a policy means: each difference, and whether it tightens or loosens."""
