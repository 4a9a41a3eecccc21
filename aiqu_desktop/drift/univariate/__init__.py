"""One column at a time: effects and test statistics."""
