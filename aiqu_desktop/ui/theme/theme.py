"""The one theme of a window: renders the stylesheet from tokens and says when it changed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from string import Template

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from aiqu_desktop.core.paths import resources
from aiqu_desktop.ui.theme import icons
from aiqu_desktop.ui.theme.palette import DARK, LIGHT, Palette


@dataclass(frozen=True, slots=True)
class Density:
    """Sizes in logical pixels. Glove is for gloved hands at an arm's length: nothing below 60 px is to be touched."""

    name: str
    row: int
    control: int
    tight: int
    body: int
    small: int
    strong: int
    title: int
    value: int
    icon: int


DESK = Density("desk", row=32, control=30, tight=24, body=13, small=12, strong=14, title=20, value=24, icon=18)
GLOVE = Density("glove", row=60, control=60, tight=60, body=16, small=14, strong=18, title=26, value=32, icon=28)


class Theme(QObject):
    """One for each application; charts and delegates read `palette` and redraw on `changed`.

    Widgets never name a colour: they carry dynamic properties (`health="alarm"`, `role="danger"`), the template
    `resources/ui/style.qss` turns these into colours.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.palette: Palette = LIGHT
        self.density: Density = DESK
        self._app: QApplication | None = None
        self._family = ""
        self._icons: dict[tuple[str, str], QIcon] = {}  # tables ask for one with every cell that they paint

    @property
    def name(self) -> str:
        return self.palette.name

    @property
    def is_dark(self) -> bool:
        return self.palette is DARK

    def apply(self, app: QApplication) -> None:
        """Load the fonts once, then dress `app`; later `set_name` and `set_density` dress it again."""
        self._app = app
        app.setStyle("Fusion")
        self._family = self._family or _load_family()
        self._render()

    def set_name(self, name: str) -> None:
        """Switch to "light" or "dark"."""
        wanted = DARK if name == "dark" else LIGHT
        if wanted is not self.palette:
            self.palette = wanted
            self._render()

    def toggle(self) -> None:
        self.set_name("light" if self.is_dark else "dark")

    def set_density(self, name: str) -> None:
        """Switch to "desk" or "glove"."""
        wanted = GLOVE if name == "glove" else DESK
        if wanted is not self.density:
            self.density = wanted
            self._render()

    def colour(self, token: str, alpha: int | None = None) -> QColor:
        """The colour of a palette token such as "ink_muted", `alpha` 0 to 255."""
        colour = QColor(getattr(self.palette, token))
        if alpha is not None:
            colour.setAlpha(alpha)
        return colour

    def icon(self, name: str, token: str = "ink_muted") -> QIcon:
        """`resources/ui/icons/<name>.svg` in the colour of `token`; ask again after `changed`."""
        key = (name, getattr(self.palette, token))
        if key not in self._icons:
            self._icons[key] = icons.icon(*key, self.palette.line_strong)
        return self._icons[key]

    def font(
        self, size: int | None = None, weight: QFont.Weight = QFont.Weight.Normal, *, figures: bool = False
    ) -> QFont:
        """The product's face at `size` logical pixels (None: body text).

        figures: all digits of one width, for columns of numbers; it widens hyphens too, so it is not for prose.
        """
        font = QFont(self._family) if self._family else QFont()
        font.setPixelSize(size or self.density.body)
        font.setWeight(weight)
        if figures:
            font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def stylesheet(self) -> str:
        """The template with every token filled in.

        Raises:
            KeyError: if the template names a token that does not exist.
        """
        template = Template((resources() / "ui" / "style.qss").read_text(encoding="utf-8"))
        icon_folder = (resources() / "ui" / "icons").as_posix()
        sizes = {key: str(value) for key, value in asdict(self.density).items()}
        return template.substitute(self.palette.tokens() | sizes | {"icons": icon_folder})

    def _render(self) -> None:
        self._icons.clear()
        if self._app is not None:
            self._app.setFont(self.font())
            self._app.setPalette(_qt_palette(self.palette))
            self._app.setStyleSheet(self.stylesheet())
        self.changed.emit()


def set_state(widget: QWidget, **properties: object) -> None:
    """Set dynamic properties (`health`, `role`, …) and let the stylesheet see them, only when one differs."""
    differs = False
    for name, value in properties.items():
        if widget.property(name) != value:
            widget.setProperty(name, value)
            differs = True
    if differs:
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        widget.update()


def _load_family() -> str:
    """Inter from the product's own fonts; "" (the system's sans) when it is not there."""
    family = ""
    for path in sorted((resources() / "fonts").glob("*.ttf")):
        handle = QFontDatabase.addApplicationFont(str(path))
        families = QFontDatabase.applicationFontFamilies(handle) if handle >= 0 else []
        family = next((name for name in families if name.startswith("Inter")), family)
    return family


def _qt_palette(palette: Palette) -> QPalette:
    """The same tokens for what Fusion draws itself: text cursors, links, disabled text, native dialogs."""
    made = QPalette()
    roles = {
        QPalette.ColorRole.Window: palette.ground,
        QPalette.ColorRole.WindowText: palette.ink,
        QPalette.ColorRole.Base: palette.raised,
        QPalette.ColorRole.AlternateBase: palette.hover,
        QPalette.ColorRole.Text: palette.ink,
        QPalette.ColorRole.Button: palette.raised,
        QPalette.ColorRole.ButtonText: palette.ink,
        QPalette.ColorRole.BrightText: palette.alarm,
        QPalette.ColorRole.ToolTipBase: palette.ink,
        QPalette.ColorRole.ToolTipText: palette.raised,
        QPalette.ColorRole.PlaceholderText: palette.ink_faint,
        QPalette.ColorRole.Highlight: palette.selected,
        QPalette.ColorRole.HighlightedText: palette.ink,
        QPalette.ColorRole.Link: palette.accent,
        QPalette.ColorRole.Accent: palette.accent_fill,
    }
    for role, colour in roles.items():
        made.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(palette.ink_faint))
    return made
