"""What a ledger proves, for tools that read NIST's OSCAL."""
