"""The edge: one library or tool each."""
