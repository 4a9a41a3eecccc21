"""Who did what, provably: the audit chain (people, roles and signatures join it in this room)."""
