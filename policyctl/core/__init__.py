"""Values and pure functions: what policyctl knows, without disk, git, network or clock."""
