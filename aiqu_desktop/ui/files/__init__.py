"""The files that brought observations and labels, and those that were refused."""
