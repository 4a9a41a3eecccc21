"""Three kinds of error, told apart so that each reaches the right reader.

AiquError
├── UserError         the question cannot be asked: bad input, wrong name; exit status 2
├── EnvironmentFault  the machine does not let us: disk full, file locked, no permission; exit status 2
└── Refused           the question was asked and the answer is no: gate failed, chain broken; exit status 1

Anything else that escapes is our own bug. Every message is one sentence: what, where, what to do.
"""

from __future__ import annotations


class AiquError(Exception):
    """An error whose message is written for the person at the desk."""

    exit_status = 2


class UserError(AiquError):
    """What was asked cannot be done as asked; the sentence says how to ask."""


class EnvironmentFault(AiquError):
    """The machine, the disk or another process stands in the way; the sentence says what to do."""


class Refused(AiquError):
    """The question was answered, and the answer is no."""

    exit_status = 1
