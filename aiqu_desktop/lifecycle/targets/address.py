"""Where a server is, and what a client needs to talk to it. Read from settings, without making a connection."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.paths import SitePaths

_LONGEST_TOKEN = 8_192


@dataclass(frozen=True, slots=True)
class Address:
    """One server: `path` is what stands before every path that is asked for.

    certificate: a PEM file with the authority that signed the server's certificate; empty: those of the system.
    token: the name of a file in the site's keys folder that holds a bearer token; empty: none is sent.
    """

    secure: bool
    host: str
    port: int
    path: str
    certificate: str
    token: str

    def read_token(self, paths: SitePaths) -> str:
        """The bearer token; empty where none is set.

        Raises:
            UserError: if its file cannot be read or does not hold one line.
        """
        if not self.token:
            return ""
        place = paths.keys / self.token
        try:
            text = place.read_bytes()[: _LONGEST_TOKEN + 1].decode("ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f"The token in {place} cannot be read ({error}); put it there as one line.") from error
        if not text or len(text) > _LONGEST_TOKEN or not text.isprintable() or " " in text:
            raise UserError(f"The file {place} does not hold one token; put it there as one line.")
        return text


def address_of(url: str, certificate: str = "", token: str = "") -> Address:
    """Read a URL such as "https://engine.plant:8000".

    Raises:
        UserError: if it is no plain http or https URL, holds a secret, or would send the token in the clear.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise UserError(f"{url!r} is no URL ({error}); give one such as http://127.0.0.1:8000.") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UserError(f"{url!r} is no http or https URL; give one such as http://127.0.0.1:8000.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise UserError("The URL holds more than scheme, host, port and path; a secret belongs into the keys folder.")
    if any(character.isspace() or not character.isprintable() for character in url):
        raise UserError(f"{url!r} holds a blank; give a plain URL.")
    secure = parts.scheme == "https"
    if token and (Path(token).name != token or token.startswith(".")):
        raise UserError(f"{token!r} is no plain file name; put the token's file into the site's keys folder.")
    if token and not secure and not _this_machine(parts.hostname):
        raise UserError("A token would go over the network in the clear; use an https URL.")
    if certificate and not Path(certificate).is_absolute():
        raise UserError(f"The certificate {certificate!r} needs its whole path.")
    return Address(secure, parts.hostname, port or (443 if secure else 80), parts.path.rstrip("/"), certificate, token)


def _this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
