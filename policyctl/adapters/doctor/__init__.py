"""What `doctor` looks at, one part of the surroundings per module."""
