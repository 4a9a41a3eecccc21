"""Builds what the demo shows: the plant's rows, the model versions trained on them, and the plan of the story."""
