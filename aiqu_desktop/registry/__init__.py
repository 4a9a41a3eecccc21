"""The site's registry: typed tables over SQLite, sessions, migrations and the write-once artifact store."""

from aiqu_desktop.registry.artifacts import ArtifactStore
from aiqu_desktop.registry.database import Registry

__all__ = ["ArtifactStore", "Registry"]
