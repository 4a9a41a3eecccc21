"""Campaigns against the real engines: Triton, MLServer and MLflow, each in an environment of its own, on loopback."""
