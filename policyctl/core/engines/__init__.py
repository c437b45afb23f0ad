"""What engines are told: a policy as the configuration of the engine that enforces it, and back."""
