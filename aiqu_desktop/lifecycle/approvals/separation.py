"""Who may not ask or approve: whoever made the version, brought it in, or could speak with the other's voice."""

from __future__ import annotations

from sqlalchemy.orm import Session

from aiqu_desktop.core.errors import Refused
from aiqu_desktop.core.words import ReleaseKind
from aiqu_desktop.registry.tables import Version
from aiqu_desktop.security.accounts import administrators_of
from aiqu_desktop.security.names import is_named
from aiqu_desktop.security.signing import Signature


def act_of(kind: ReleaseKind) -> str:
    """What two people sign for, as sentences name it."""
    return "resumption" if kind is ReleaseKind.RESUME else "promotion"


def refuse_requester(version: Version, requester: Signature, act: str = "promotion") -> None:
    """The author of a version does not ask for its promotion, nor that it serves again after a stop.

    Args:
        act: what is asked for, for the sentence.

    Raises:
        Refused: if the requester is the author.
    """
    if _is(version.author, requester):
        raise Refused(
            f"{requester.full_name} is the author of version {version.number}, so another person must ask for its "
            f"{act}."
        )


def refuse_approver(
    session: Session, version: Version, requester: Signature, approver: Signature, act: str = "promotion"
) -> None:
    """The approver is a third person beside author and requester, and did not bring the version in.

    Raises:
        Refused: if the approver is not another person.
    """
    number = version.number
    if approver.person_id == requester.person_id:
        raise Refused(f"{approver.full_name} asked for this {act}, so another person must decide.")
    if _is(version.author, approver):
        raise Refused(f"{approver.full_name} is the author of version {number}, so another person must decide.")
    if _is(version.imported_by, approver):
        raise Refused(f"{approver.full_name} brought in version {number}, so another person must decide.")
    refuse_one_voice(session, requester, approver)


def refuse_one_voice(session: Session, asking: Signature, deciding: Signature) -> None:
    """Two signatures are two people's, neither of whom could speak with the other's voice.

    So neither may ever have administered the other's account: who sets one up, or gives it a password, might speak with
    both voices.

    Raises:
        Refused: if they are not.
    """
    if asking.person_id == deciding.person_id:
        raise Refused(f"{asking.full_name} asked for this, so another person must decide.")
    for one, other in ((deciding, asking), (asking, deciding)):
        if one.person_id in administrators_of(session, other.person_id):
            raise Refused(
                f"{one.full_name} has administered the account of {other.full_name}, so the two cannot stand for two "
                "people here; a third must ask or decide."
            )


def _is(text: str, person: Signature) -> bool:
    return is_named(text, person.name, person.full_name)
