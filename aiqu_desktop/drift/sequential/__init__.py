"""Over time: evidence that is valid whenever it is looked at."""
