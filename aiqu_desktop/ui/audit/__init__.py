"""The audit chain: every change, who made it, and whether the chain is whole."""
