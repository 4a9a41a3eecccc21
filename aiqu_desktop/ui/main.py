"""`aiqu-desktop`: the window on one site."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from aiqu_desktop.core.paths import default_site
from aiqu_desktop.ui import settings
from aiqu_desktop.ui.desk import Desk
from aiqu_desktop.ui.shell.faults import close_on_signals
from aiqu_desktop.ui.shell.opening import Opener
from aiqu_desktop.ui.theme import Theme


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the window and stay until it is closed.

    Returns:
        0; argparse exits with 2 when the command line cannot be read.
    """
    chosen = _parser().parse_args(sys.argv[1:] if arguments is None else list(arguments))
    sys.setswitchinterval(0.0005)  # a busy worker gives the interpreter back soon: the window must not wait 5 ms a call
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)  # which schema it looks at is no news
    app = QApplication.instance() or QApplication(sys.argv[:1])
    QGuiApplication.setDesktopFileName("aiqu-desktop")
    app.setApplicationDisplayName("AiQu Desktop")
    app.setQuitOnLastWindowClosed(False)  # between two windows a site is opened; the opener says when it is over
    theme = Theme(app)
    theme.set_name(chosen.theme or settings.THEME.get())
    theme.set_density(settings.DENSITY.get())
    theme.apply(app)
    opener = Opener(theme, _open_desk, view_only=chosen.view_only, parent=app)
    opener.faults.install()
    opener.finished.connect(app.quit)
    close_on_signals(app, app.quit)
    opener.open(chosen.site or default_site())
    try:
        return app.exec()
    finally:
        opener.close()


def _open_desk(root: Path, create: bool) -> Desk:
    from aiqu_desktop.ui.site_desk import SiteDesk  # on the worker: the services load while the window starts

    return SiteDesk.open(root, create=create)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="aiqu-desktop", description="The window of AiQu Desktop.")
    parser.add_argument("--site", type=Path, metavar="DIR", help="the site's folder; by default the user's own site")
    parser.add_argument("--theme", choices=["light", "dark"], help="by default the one used last")
    parser.add_argument(
        "--view-only", action="store_true", help="schedule nothing from this window, even when nobody else does"
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
