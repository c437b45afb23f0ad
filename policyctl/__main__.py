"""``python -m policyctl``."""

from policyctl.cli import run

if __name__ == "__main__":
    run()
