"""Passwords: Argon2id hashes that carry their own parameters (RFC 9106), and the rule of length."""

from __future__ import annotations

import unicodedata
from enum import Enum
from functools import cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from sqlalchemy import select
from sqlalchemy.orm import Session

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.registry.tables import Site

SHORTEST, LONGEST = 12, 256


class Cost(Enum):
    """(passes, KiB of memory, lanes).

    SITE is the second recommended option of RFC 9106, section 4, above the minimum of the OWASP password storage sheet.
    DEMO is for sites whose passwords are printed in the manual anyway: nothing is protected there.
    """

    SITE = (3, 64 * 1024, 4)
    DEMO = (1, 64, 1)

    @property
    def hasher(self) -> PasswordHasher:
        passes, memory, lanes = self.value
        return PasswordHasher(time_cost=passes, memory_cost=memory, parallelism=lanes, type=Type.ID)


def cost_of(session: Session) -> Cost:
    """What a password costs on this site."""
    return Cost.DEMO if session.scalar(select(Site.is_demo)) else Cost.SITE


def hashed(password: str, cost: Cost) -> str:
    """The hash to keep of a new password.

    Raises:
        UserError: if it is too short or too long.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise UserError(f"A password has {SHORTEST} to {LONGEST} characters; a few words together are easy to keep.")
    return cost.hasher.hash(_normal(password))


def fits(kept: str | None, password: str, cost: Cost) -> bool:
    """Whether `password` belongs to the hash `kept`; with None (no such person) it takes as long and says no."""
    given = _normal(password[: LONGEST + 1])
    try:
        return cost.hasher.verify(kept if kept is not None else _nobody(cost), given) and kept is not None
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False


def outdated(kept: str, cost: Cost) -> bool:
    """True when the hash was made with other parameters than this site asks for now."""
    return cost.hasher.check_needs_rehash(kept)


@cache
def _nobody(cost: Cost) -> str:
    return cost.hasher.hash("nobody has this password")


def _normal(password: str) -> str:
    """The same password on every keyboard (RFC 8265, section 4.2, asks for NFC)."""
    return unicodedata.normalize("NFC", password)
