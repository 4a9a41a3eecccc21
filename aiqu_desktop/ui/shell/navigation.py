"""Where the window is, where it was, and the way back. No Qt: the window draws what this says."""

from __future__ import annotations

from dataclasses import dataclass

from aiqu_desktop.ui.actions import Act

PAGES = (Act.OVERVIEW, Act.ALARMS, Act.SCHEDULES, Act.FILES, Act.AUDIT)
MODEL_PAGES = ("model", "rehearsal")  # the pages of one model
_LONGEST = 50


@dataclass(frozen=True, slots=True)
class Place:
    """A page, or one of a model's own pages."""

    page: str
    model: str = ""

    def to_text(self) -> str:
        return f"{self.page}:{self.model}" if self.model else self.page

    @classmethod
    def from_text(cls, text: str) -> Place:
        """Read what `to_text` wrote; anything else is the overview."""
        page, _, model = text.partition(":")
        if page in MODEL_PAGES and model:
            return cls(page, model)
        return cls(page) if page in {p.value for p in PAGES} else OVERVIEW


OVERVIEW = Place(Act.OVERVIEW.value)


class History:
    """The places that were visited, newest last."""

    def __init__(self) -> None:
        self._visited: list[Place] = []

    @property
    def current(self) -> Place | None:
        return self._visited[-1] if self._visited else None

    @property
    def can_go_back(self) -> bool:
        return len(self._visited) > 1

    def visit(self, place: Place) -> None:
        if place != self.current:
            self._visited = [*self._visited[-_LONGEST:], place]

    def back(self) -> Place | None:
        """Forget the present place and return the one before it, None when there is none."""
        if not self.can_go_back:
            return None
        self._visited.pop()
        return self._visited[-1]
