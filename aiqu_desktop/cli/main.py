"""The entry of `aiqu`: gathers the commands and turns every expected error into one sentence and an exit status."""

from __future__ import annotations

import logging
import os
import sys

import click

from aiqu_desktop import __version__
from aiqu_desktop.cli.lazy_group import LazyGroup
from aiqu_desktop.core.errors import AiquError

_COMMANDS = {
    "demo": "demo:demo",
    "monitor": "monitor:monitor",
    "check": "check:check",
    "rehearse": "rehearse:rehearse_command",
    "drift": "drift:drift",
    "import": "import_:import_command",
    "versions": "versions:versions",
    "policy": "policy:policy",
    "holdout": "policy:holdout",
    "promote": "release:promote",
    "approve": "approve:approve",
    "rollback": "release:rollback",
    "stop": "stop:stop",
    "resume": "stop:resume",
    "fallback": "fallback:fallback",
    "people": "people:people",
    "shadow": "shadow:shadow",
    "drill": "drill:drill",
    "served": "served:served",
    "target": "target:target",
    "automatic": "automatic:automatic",
    "alarms": "alarms:alarms",
    "plant": "plant:plant",
    "retrain": "retrain:retrain",
    "report": "report:report",
    "audit": "audit:audit",
    "doctor": "doctor:doctor",
}


@click.group(
    cls=LazyGroup,
    package="aiqu_desktop.cli.commands",
    lazy=_COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(__version__, prog_name="aiqu")
def aiqu() -> None:
    """Watch, promote and roll back the models of one site.

    Exit status: 0 done, 1 the answer is bad (drift found, chain broken, gate failed), 2 it could not be asked.
    """


def main() -> None:
    """Run `aiqu` and exit with its status."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        status = aiqu.main(prog_name="aiqu", standalone_mode=False)
    except AiquError as error:
        click.echo(f"aiqu: {error}", err=True)
        status = error.exit_status
    except click.ClickException as error:
        error.show()
        status = 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("aiqu: stopped.", err=True)
        status = 2
    except Exception as error:  # our own bug: one sentence for the person, the traceback for us
        if os.environ.get("AIQU_DEBUG"):
            raise
        said = f"an internal error ({type(error).__name__}: {error})"
        click.echo(f"aiqu: {said}; set AIQU_DEBUG=1 and run it again for the details to report.", err=True)
        status = 2
    sys.exit(status if isinstance(status, int) else 0)


if __name__ == "__main__":
    main()
