"""The safe state: a model taken out of service by one person, the card that the plant works by, and the way back."""
