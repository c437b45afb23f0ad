"""Questions as SQL scripts that somebody else runs, and the tables that they bring back."""
