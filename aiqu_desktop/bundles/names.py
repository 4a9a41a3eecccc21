"""What may be a model's name: it becomes the name of folders on the site and on the target."""

from __future__ import annotations

import re

from aiqu_desktop.core.errors import UserError

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
# Names that Windows gives to devices, whatever the folder ("Naming Files, Paths, and Namespaces").
_DEVICES = re.compile(r"con|prn|aux|nul|com[0-9]|lpt[0-9]")


def is_model_name(text: str) -> bool:
    """True for 1 to 64 lower-case letters, digits and inner hyphens that no operating system reads as a device."""
    return _SLUG.fullmatch(text) is not None and _DEVICES.fullmatch(text) is None


def checked_model_name(text: str) -> str:
    """`text` itself, if it may be a model's name.

    Raises:
        UserError: if it may not.
    """
    if not is_model_name(text):
        raise UserError(
            f"{text[:80]!r} cannot be a model's name; use 1 to 64 lower-case letters, digits and inner hyphens."
        )
    return text
