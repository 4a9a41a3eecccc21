"""The demo: a plant of real data whose history the product itself makes, under a replayed clock."""
