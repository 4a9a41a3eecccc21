"""What is checked when, how the last run ended, and the few acts on a schedule."""
