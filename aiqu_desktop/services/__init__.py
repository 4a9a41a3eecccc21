"""Use cases: what a button or a command does, start to end. The window and the command line both stand on this room."""
