"""The performance check: does it hurt? Realised on labels, and estimated where they have not come yet."""
