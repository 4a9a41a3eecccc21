"""Checks, what they decide, and the life of an alarm. Decisions are pure; one module writes them down."""
