"""The table of permissions: which roles may sign what. Whatever is not in it, nobody may."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aiqu_desktop.core.words import Meaning, Role

_MAY_SIGN: Mapping[Meaning, frozenset[Role]] = {
    Meaning.REQUESTED: frozenset({Role.ENGINEER}),
    Meaning.REQUESTED_OVERRIDE: frozenset({Role.ENGINEER}),
    Meaning.APPROVED: frozenset({Role.APPROVER}),
    Meaning.APPROVED_OVERRIDE: frozenset({Role.APPROVER}),
    Meaning.DECLINED: frozenset({Role.APPROVER, Role.ENGINEER}),
    Meaning.ROLLED_BACK: frozenset({Role.OPERATOR, Role.ENGINEER, Role.APPROVER}),
    Meaning.TARGET_CHOSEN: frozenset({Role.ENGINEER}),
    Meaning.TARGET_APPROVED: frozenset({Role.APPROVER}),
    # A shadow loads the machine of the line and is read by who judges versions; to end it takes whoever sees harm.
    Meaning.SHADOW_BEGUN: frozenset({Role.ENGINEER}),
    Meaning.SHADOW_ENDED: frozenset({Role.OPERATOR, Role.ENGINEER, Role.APPROVER}),
    Meaning.STOPPED: frozenset({Role.OPERATOR, Role.ENGINEER, Role.APPROVER}),
    Meaning.REQUESTED_RESUME: frozenset({Role.ENGINEER}),
    Meaning.APPROVED_RESUME: frozenset({Role.APPROVER}),
    Meaning.DECLINED_RESUME: frozenset({Role.APPROVER, Role.ENGINEER}),
    Meaning.WROTE_FALLBACK: frozenset({Role.ENGINEER}),
    Meaning.PROPOSED_AUTOMATIC: frozenset({Role.ENGINEER}),
    Meaning.APPROVED_AUTOMATIC: frozenset({Role.APPROVER}),
    Meaning.ADVISED_ONLY: frozenset({Role.OPERATOR, Role.ENGINEER, Role.APPROVER}),
    Meaning.VETOED: frozenset({Role.OPERATOR, Role.ENGINEER, Role.APPROVER}),
    Meaning.ADMINISTERED: frozenset({Role.ADMINISTRATOR}),
    Meaning.WITNESSED: frozenset({Role.ADMINISTRATOR, Role.APPROVER}),
}

# A signature by a session that is already signed in, without the password anew: only where seconds count.
BY_SESSION = frozenset(
    {Meaning.ROLLED_BACK, Meaning.STOPPED, Meaning.SHADOW_ENDED, Meaning.ADVISED_ONLY, Meaning.VETOED}
)

# Roles that are given, and passwords of whose holders are set, by two people.
GUARDED = frozenset({Role.APPROVER, Role.ADMINISTRATOR})

STATEMENT: Mapping[Meaning, str] = {
    Meaning.REQUESTED: "I ask for this promotion, and stand for its reason.",
    Meaning.REQUESTED_OVERRIDE: "I ask for this promotion although gates failed, and stand for its reason.",
    Meaning.APPROVED: "I have read the evidence and approve this promotion.",
    Meaning.APPROVED_OVERRIDE: "I have read the evidence and approve this promotion although gates failed.",
    Meaning.DECLINED: "I decline this promotion.",
    Meaning.ROLLED_BACK: "I am responsible for this rollback.",
    Meaning.TARGET_CHOSEN: "I chose this target, and stand for its reason.",
    Meaning.TARGET_APPROVED: "I have read the settings and approve this target.",
    Meaning.SHADOW_BEGUN: "I let this version answer beside the champion, and stand for its reason.",
    Meaning.SHADOW_ENDED: "I end this shadow.",
    Meaning.STOPPED: "I take this model out of service, and the plant works by its fallback card.",
    Meaning.REQUESTED_RESUME: "I ask that this model serves again, and stand for its reason.",
    Meaning.APPROVED_RESUME: "I have read the evidence and approve that this model serves again.",
    Meaning.DECLINED_RESUME: "I decline that this model serves again.",
    Meaning.WROTE_FALLBACK: "I wrote this fallback card.",
    Meaning.PROPOSED_AUTOMATIC: "I ask that this model may be rolled back automatically under this policy.",
    Meaning.APPROVED_AUTOMATIC: "I have read the policy and approve that this model may be rolled back under it.",
    Meaning.ADVISED_ONLY: "I want people to act here from now on, and the product to advise only.",
    Meaning.VETOED: "I am responsible for not rolling back.",
    Meaning.ADMINISTERED: "I changed this account.",
    Meaning.WITNESSED: "I witnessed that this account is this person's own.",
}


def may_sign(roles: Iterable[Role], meaning: Meaning) -> bool:
    """Whether someone with these roles may sign with this meaning."""
    return not _MAY_SIGN[meaning].isdisjoint(roles)


def roles_for(meaning: Meaning) -> tuple[Role, ...]:
    """The roles that may, in the order of the enumeration."""
    return tuple(role for role in Role if role in _MAY_SIGN[meaning])


def who_may(meaning: Meaning) -> str:
    """The same in words: "an operator, an engineer or an approver"."""
    named = [f"{'an' if role.value[0] in 'aeiou' else 'a'} {role.value}" for role in roles_for(meaning)]
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} or {named[-1]}"
