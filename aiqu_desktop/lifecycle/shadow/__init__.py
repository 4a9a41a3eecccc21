"""A challenger beside the champion: begun and ended on one person's word, measured on the very same rows.

Nothing that serves changes by it, so it is no release; it is recorded, signed and audited all the same.
"""
