"""Gates: the conditions of a release, each answered with its evidence."""
