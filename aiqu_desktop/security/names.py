"""People's names: which may be given, and when two are the same."""

from __future__ import annotations

import re
import unicodedata

from aiqu_desktop.core.errors import UserError

_SIGN_IN = re.compile(r"[a-z][a-z0-9._-]{1,31}")
_LONGEST = 80
# Names under which the product itself acts in the audit chain.
_PRODUCT = frozenset({"monitor", "line", "recovery", "setup", "window", "demo", "policy", "service"})


def compared(name: str) -> str:
    """`name` as it is compared: compatibility-normalised (Unicode NFKC), case-folded, blanks made one."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def is_named(text: str, name: str, full_name: str) -> bool:
    """True when a free text, such as a bundle's author, names this person.

    What follows a comma or a bracket is taken to be a department or an address.
    """
    own = {compared(name), compared(full_name)}
    return compared(text) in own or compared(re.split(r"[,(<;]", text, maxsplit=1)[0]) in own


def checked_sign_in_name(name: str) -> str:
    """A name to sign in with, in the form in which it is kept.

    Raises:
        UserError: if it cannot be one.
    """
    kept = compared(name)
    if not _SIGN_IN.fullmatch(kept):
        raise UserError(
            f"{name!r} cannot be a name to sign in with; take 2 to 32 of a-z, 0-9, '.', '_' and '-', a letter first."
        )
    if kept in _PRODUCT:
        raise UserError(f"{kept!r} is a name under which AiQu Desktop itself acts; take another.")
    return kept


def checked_full_name(name: str) -> str:
    """A person's full name, trimmed.

    Raises:
        UserError: if it is empty, too long, or holds what cannot be printed.
    """
    kept = " ".join(unicodedata.normalize("NFC", name).split())
    if len(kept) < 2 or len(kept) > _LONGEST or not kept.isprintable():
        raise UserError(
            f"A full name has 2 to {_LONGEST} printable characters; give the person's own, with --full-name."
        )
    if compared(kept) in _PRODUCT:
        raise UserError(f"{kept!r} is a name under which AiQu Desktop itself acts; give the person's own.")
    return kept
