"""`aiqu-line`: serves every model folder under one root until it is told to stop."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path
from types import FrameType

import click

from aiqu_desktop.core.clock import SystemClock
from aiqu_desktop.core.errors import AiquError
from aiqu_desktop.core.parent import set_at_end_of_input
from aiqu_desktop.line.lock import sole_line
from aiqu_desktop.line.loop import Line


@click.command(name="aiqu-line")
@click.option(
    "--root",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder with one folder a model (SITE/line).",
)
@click.option(
    "--poll",
    default=0.1,
    show_default=True,
    type=click.FloatRange(0.001, 60.0),
    help="Seconds between two looks for pointers and files when nothing waits.",
)
@click.option(
    "--fsync/--no-fsync",
    default=True,
    show_default=True,
    help="Force observations to disk before their rows are deleted; without, a power cut may lose the last ones.",
)
@click.option(
    "--patience",
    default=0.0,
    show_default=True,
    type=click.FloatRange(0.0, 600.0),
    help="Seconds to wait for another line on ROOT to end.",
)
@click.option(
    "--until-stdin-closes",
    is_flag=True,
    help="End when standard input does, that is, with the process that holds its other end.",
)
def command(root: Path, poll: float, fsync: bool, patience: float, until_stdin_closes: bool) -> None:
    """Serve every model under ROOT: follow its pointer, predict its incoming files, say how it is."""
    try:
        with sole_line(root, patience):
            line = Line(root, SystemClock(), poll, durable=fsync)

            def stop(_signal: int, _frame: FrameType | None) -> None:
                line.stop.set()

            signal.signal(signal.SIGTERM, stop)
            signal.signal(signal.SIGINT, stop)
            if until_stdin_closes:
                threading.Thread(target=set_at_end_of_input, args=(line.stop,), daemon=True).start()
            line.run()
    except AiquError as error:
        click.echo(f"aiqu-line: {error}", err=True)
        sys.exit(error.exit_status)


def main() -> None:
    """The entry point."""
    command()


if __name__ == "__main__":
    main()
