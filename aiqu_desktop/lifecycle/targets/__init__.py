"""Targets: the places where a version runs, behind one contract."""
