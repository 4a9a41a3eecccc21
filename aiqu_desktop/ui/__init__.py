"""The window: the only room that imports Qt. It calls services off the main thread and draws what comes back."""
