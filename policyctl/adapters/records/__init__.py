"""Detection records as files hold them: one module per format."""
