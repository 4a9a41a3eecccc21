"""Passwords on the command line: asked at a terminal, or read from a file; never an argument, never the environment."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click

from aiqu_desktop.cli.options import Command
from aiqu_desktop.core.errors import UserError
from aiqu_desktop.security.identity import Credentials

_LONGEST_FILE = 4096


def password_option(command: Command) -> Command:
    """--password-file FILE: where the password of the person in --by is, for scripts."""
    return password_file("--password-file", "password", "of who does it")(command)


def password_file(flag: str, name: str, whose: str) -> Callable[[Command], Command]:
    """An option that names a file with a password, or '-' for the next line of standard input."""
    return click.option(
        flag,
        name,
        type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
        help=f"File with the password {whose} in its first line; '-' for standard input. Without it, it is asked for.",
    )


def credentials(name: str, file: Path | None, *, flag: str = "--by") -> Credentials:
    """The named person with their password. flag: the option that names the person.

    Raises:
        UserError: if no name is given, there is no terminal to ask at, or the file cannot be read.
    """
    if not name.strip():
        raise UserError(f"Say who signs, with {flag} NAME.")
    return Credentials(name, given_password(f"Password of {name}", file))


def given_password(prompt: str, file: Path | None, *, twice: bool = False) -> str:
    """A password from `file`, or asked at the terminal without being shown; a new one is asked `twice`.

    Raises:
        UserError: if there is no terminal to ask at, or the file cannot be read.
    """
    if file is None:
        if not sys.stdin.isatty():
            raise UserError(f"{prompt} is asked for, and there is no terminal to ask at; give it in --password-file.")
        return str(click.prompt(prompt, hide_input=True, confirmation_prompt=twice, err=True))
    if str(file) == "-":
        return sys.stdin.readline(_LONGEST_FILE).rstrip("\r\n")
    try:
        with file.open(encoding="utf-8") as stream:
            return stream.readline(_LONGEST_FILE).rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"The password file {file} cannot be read ({error}); name another.") from error
