"""The people of the demo: enrolled as on any site, all with the one password that the manual prints."""

from __future__ import annotations

from aiqu_desktop.core.words import Role
from aiqu_desktop.demo.story import Story
from aiqu_desktop.registry import Registry
from aiqu_desktop.security.identity import Credentials
from aiqu_desktop.services import people
from aiqu_desktop.services.people import DEMO_PASSWORD, Vouching


def sign_in_name(full_name: str) -> str:
    """What a person of the story signs in with: the first name."""
    return full_name.split()[0].lower()


def credentials(full_name: str) -> Credentials:
    """A person of the story with the demo's password."""
    return Credentials(sign_in_name(full_name), DEMO_PASSWORD)


def enrol(registry: Registry, story: Story) -> None:
    """Give everybody of the story an account, the administrator first; those who have one are left alone."""
    there = {row.name for row in people.list_people(registry)}
    administrator = story.people[Role.ADMINISTRATOR]
    vouching = Vouching(credentials(administrator), "Set up with the demo.")
    for role in sorted(story.people, key=lambda role: role is not Role.ADMINISTRATOR):
        full_name = story.people[role]
        name = sign_in_name(full_name)
        if name in there:
            continue
        if role is Role.ADMINISTRATOR:
            people.found(registry, name, full_name, DEMO_PASSWORD)
        else:
            people.add(registry, name, full_name, (role,), DEMO_PASSWORD, vouching)
