"""The `aiqu` command: the same services as the window, without a screen."""
