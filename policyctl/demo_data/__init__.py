"""Real detection records to try policyctl with; `ATTRIBUTION.md` says where they come from."""
