"""Change control for GenAI guardrail policies."""

__version__ = "0.1.0"
