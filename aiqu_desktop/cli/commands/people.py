"""`aiqu people`: accounts and their roles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from aiqu_desktop.cli.options import json_option, site_option
from aiqu_desktop.cli.output import print_json, print_table
from aiqu_desktop.cli.passwords import credentials, given_password, password_file, password_option
from aiqu_desktop.core.clock import iso
from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import Role
from aiqu_desktop.registry import Registry
from aiqu_desktop.security.identity import Identity
from aiqu_desktop.services import people as services
from aiqu_desktop.services.opening import opened_site
from aiqu_desktop.services.people import Vouching

_ROLE = click.Choice([role.value for role in Role])
_role_option = click.option("--role", "roles", type=_ROLE, multiple=True, help="A role of the account; repeat it.")
_new_password = password_file("--new-password-file", "new_password", "that the account gets")


@dataclass(frozen=True, slots=True)
class _Signer:
    """What the options say of who signs; `by` is empty where nobody was named."""

    by: str
    password: Path | None
    reason: str
    witness: str
    witness_password: Path | None

    def vouch(self, registry: Registry, name: str, roles: tuple[Role, ...], act: str) -> Vouching:
        """Ask for the passwords of those who must sign the change of an account."""
        if not self.reason.strip():
            raise UserError("The change of an account needs a reason; give one with --reason.")
        signer = credentials(self.by, self.password)
        needed = bool(self.witness) and services.witness_needed(registry, name, roles, act)
        return Vouching(signer, self.reason, credentials(self.witness, self.witness_password) if needed else None)


def _signed(command: Callable[..., Identity]) -> Callable[..., int]:
    """The options of a change that an administrator signs; `command` gets the open site and a `_Signer`."""

    @click.option("--by", default="", help="The administrator who signs for it.")
    @click.option("--reason", default="", help="Why; needed.")
    @click.option("--witness", default="", help="The second person, where one must witness it.")
    @password_option
    @password_file("--witness-password-file", "witness_password", "of the witness")
    @site_option
    @json_option
    @wraps(command)
    def gathered(
        by: str,
        reason: str,
        witness: str,
        password: Path | None,
        witness_password: Path | None,
        site: Path,
        as_json: bool,
        **arguments: Any,
    ) -> int:
        signer = _Signer(by, password, reason, witness, witness_password)
        with opened_site(site) as registry:
            identity = command(registry, signer, **arguments)
        return _tell(identity, as_json)

    return gathered


@click.group()
def people() -> None:
    """Accounts: who may sign in, and what each may sign."""


@people.command("list")
@site_option
@json_option
def list_command(site: Path, as_json: bool) -> int:
    """List every account, also the disabled ones."""
    with opened_site(site) as registry:
        rows = services.list_people(registry)
    if as_json:
        print_json(rows)
    elif not rows:
        click.echo("There is no account yet; 'aiqu people add NAME' makes the first, its administrator.")
    else:
        states = [
            f"disabled {iso(row.disabled_at)}" if row.disabled_at else "locked" if row.locked else "" for row in rows
        ]
        table = [
            (row.name, row.full_name, ", ".join(row.roles), iso(row.created_at), row.created_by, state)
            for row, state in zip(rows, states, strict=True)
        ]
        print_table("", ("name", "full name", "roles", "since", "added by", ""), table)
    return 0


@people.command("add")
@click.argument("name")
@click.option("--full-name", required=True, help="As it shall stand on releases and reports.")
@_role_option
@_new_password
@_signed
def add_command(
    registry: Registry,
    signer: _Signer,
    name: str,
    full_name: str,
    roles: tuple[str, ...],
    new_password: Path | None,
) -> Identity:
    """Add an account. The first one of a site is its administrator; an administrator signs for every later one."""
    if not services.has_people(registry):
        if set(roles) - {Role.ADMINISTRATOR.value}:
            raise UserError("The first account of a site is its administrator, and nothing else; leave --role out.")
        return services.found(registry, name, full_name, _new(name, new_password))
    wanted = tuple(Role(role) for role in roles)
    vouching = signer.vouch(registry, name, wanted, "add")
    return services.add(registry, name, full_name, wanted, _new(name, new_password), vouching)


@people.command("roles")
@click.argument("name")
@_role_option
@_signed
def roles_command(registry: Registry, signer: _Signer, name: str, roles: tuple[str, ...]) -> Identity:
    """Give an account exactly the roles named with --role."""
    wanted = tuple(Role(role) for role in roles)
    return services.set_roles(registry, name, wanted, signer.vouch(registry, name, wanted, "roles"))


@people.command("disable")
@click.argument("name")
@_signed
def disable_command(registry: Registry, signer: _Signer, name: str) -> Identity:
    """Close an account for good; its name stays taken."""
    return services.disable(registry, name, signer.vouch(registry, name, (), "disable"))


@people.command("password")
@click.argument("name")
@_new_password
@_signed
def password_command(registry: Registry, signer: _Signer, name: str, new_password: Path | None) -> Identity:
    """Set another password: one's own without --by (the present one is asked for), another person's with it."""
    if not signer.by:
        own = credentials(name, signer.password)
        return services.change_own_password(registry, own, _new(name, new_password))
    vouching = signer.vouch(registry, name, (), "password")
    return services.reset_password(registry, name, _new(name, new_password), vouching)


def _new(name: str, file: Path | None) -> str:
    return given_password(f"New password of {name}, typed by that person", file, twice=True)


def _tell(identity: Identity, as_json: bool) -> int:
    if as_json:
        print_json(identity)
    else:
        roles = ", ".join(identity.roles) or "no role"
        click.echo(f"{identity.full_name} ({identity.name}): {roles}.")
    return 0
