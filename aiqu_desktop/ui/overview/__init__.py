"""Level one: every model of the site as a tile, worst first."""
