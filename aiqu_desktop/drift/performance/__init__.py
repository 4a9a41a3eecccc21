"""How well predictions met their labels."""
