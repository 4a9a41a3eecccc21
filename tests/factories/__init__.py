"""What tests of several rooms build: small, honest, quick."""
