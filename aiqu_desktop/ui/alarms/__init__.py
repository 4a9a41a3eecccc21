"""The alarm list with its ISA-18.2 states, and how an alarm is acknowledged."""
