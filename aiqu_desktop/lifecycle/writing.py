"""A write transaction whose failure is told as what it is: the machine's, with what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from aiqu_desktop.core.errors import EnvironmentFault
from aiqu_desktop.registry import Registry


@contextmanager
def writing(registry: Registry) -> Iterator[Session]:
    """`registry.write()`.

    Raises:
        EnvironmentFault: if the registry cannot be written; nothing was kept then.
    """
    try:
        with registry.write() as session:
            yield session
    except DatabaseError as error:
        raise EnvironmentFault(
            f"The registry {registry.paths.registry} cannot be written ({error.orig}); make room on its disk and "
            "restart AiQu Desktop, which settles a release that was interrupted."
        ) from error
