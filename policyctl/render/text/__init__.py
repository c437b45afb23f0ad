"""Text for people: one module for each report."""
