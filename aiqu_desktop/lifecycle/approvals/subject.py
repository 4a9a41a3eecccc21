"""What every signature about a model's releases is made of: a meaning, a subject, and the digest of what is signed."""

from __future__ import annotations

from dataclasses import dataclass

from aiqu_desktop.core.words import Meaning


@dataclass(frozen=True, slots=True)
class Terms:
    """What a signature must say to count."""

    meaning: Meaning
    subject: str
    digest: str


def subject_of(model: str) -> str:
    """What signatures about a model's releases are about."""
    return f"model {model}"
