"""Who did what, provably: accounts, passwords, signatures, and the audit chain that keeps them."""
