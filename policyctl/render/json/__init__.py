"""JSON for programs: one module for each report, one envelope for all."""
