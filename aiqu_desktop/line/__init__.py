"""The machine on the factory floor: a small process that serves, for each model, what its pointer names."""
