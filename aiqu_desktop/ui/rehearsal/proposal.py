"""What of a check can be proposed otherwise, and how what was typed is read. No Qt."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiqu_desktop.core.words import CheckKind
from aiqu_desktop.ui import formatting as fmt
from aiqu_desktop.ui.states import metric_title

Value = float | int | str | list[str]

LIMIT_OF = {CheckKind.PERFORMANCE: "limit", CheckKind.DRIFT: "share_limit"}


@dataclass(frozen=True, slots=True)
class Field:
    """One setting. least, most: what can be used; whole: no fractions; meaning: its tooltip.

    text: "one" for a text, "many" for texts with commas between them; "" for a number.
    """

    name: str
    title: str
    meaning: str
    least: float = -math.inf
    most: float = math.inf
    whole: bool = False
    text: str = ""


_WINDOW = Field("window_days", "Window, days", "How far back each answer looks", 1, 3660)
_OFF = Field("off_delay", "Good answers that clear it", "So many in a row let the alarm return to normal", 1, 99, True)
_ON = Field("on_delay", "Bad answers that raise it", "So many in a row raise the alarm", 1, 99, True)
FIELDS = {
    CheckKind.PERFORMANCE: (
        Field("limit", "Limit", "The worst acceptable value of the metric, in its own unit"),
        _WINDOW,
        Field(
            "false_alarm_years", "False-alarm budget, years", "At most one false alarm in so many years", 0.01, 10_000
        ),
        _ON,
        _OFF,
        Field("min_labels", "Fewest labels", "With fewer in the window there is no answer", 1, 1e9, True),
        Field(
            "costs", "Costs",
            "What wrong answers cost: 'SEK: label>prediction 400; label>prediction 15', or for a regressor "
            "'SEK: over 2; under 5' for each unit of error",
            text="one",
        ),
    ),
    CheckKind.DRIFT: (
        Field(
            "share_limit", "Limit", "The largest acceptable share of the model's decisions that drifted features carry",
            0.001, 1,
        ),
        _WINDOW,
        _ON,
        _OFF,
        Field("min_rows", "Fewest rows", "With fewer in the window there is no answer", 1, 1e9, True),
        Field(
            "segment_by", "Judge segments of",
            "Categorical features, with commas between them: each of their values is also judged by itself",
            text="many",
        ),
        Field(
            "compare_like", "Compare like with like by",
            "A categorical feature: rows are compared only with reference rows that have the same value of it",
            text="one",
        ),
        Field(
            "shift_starts", "… or by shifts from",
            "When the shifts begin, such as 06:00, 14:00, 22:00: rows are compared only with the same shift's",
            text="many",
        ),
        Field("shift_zone", "Time zone of the shifts", "Whose clock the shifts follow, such as Europe/Stockholm",
              text="one"),
    ),
}  # fmt: skip


class NotUsable(ValueError):
    """What was typed cannot be used; the text says why, in one sentence."""


def read_value(field: Field, text: str) -> Value:
    """The number in `text`, with a point or a comma; or the text itself, or the texts between its commas.

    Raises:
        NotUsable: if it is none, or outside of what the field takes.
    """
    if field.text == "one":
        return text.strip()
    if field.text == "many":
        return [word.strip() for word in text.split(",") if word.strip()]
    value = _number(text)
    if value is None:
        raise NotUsable(f"{field.title}: type a number.")
    if field.whole and value != round(value):
        raise NotUsable(f"{field.title}: type a whole number.")
    if value < field.least:
        raise NotUsable(f"{field.title}: at least {write_value(field.least)}.")
    if value > field.most:
        raise NotUsable(f"{field.title}: at most {write_value(field.most)}.")
    return round(value) if field.whole else value


def read_sizes(text: str) -> tuple[float, ...]:
    """The numbers in `text`, apart by spaces, semicolons, or commas that are no decimal ones.

    Raises:
        NotUsable: if one of them is no number, or there are more than eight.
    """
    pieces = [piece for piece in re.split(r"[;\s]+|,(?=\s|$)", text.strip()) if piece]
    words = [word for piece in pieces for word in (piece.split(",") if "." in piece else [piece]) if word]
    sizes = [_number(word) for word in words]
    if any(size is None for size in sizes):
        raise NotUsable("Sizes to plant: type numbers with spaces between them, or nothing for the usual ones.")
    if len(sizes) > 8:
        raise NotUsable("Sizes to plant: eight at most, each takes its time.")
    return tuple(float(size) for size in sizes if size is not None)


def write_value(value: object) -> str:
    """A setting as it is typed: no thousands, no places that were not given; texts as they are."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if not isinstance(value, int | float):
        return fmt.NOTHING
    return f"{value:.10g}".replace("-", "\u2212")


def limit_words(kind: CheckKind, settings: Mapping[str, Any]) -> str:
    """What the limit is a limit of: "accuracy", "share of the decisions"."""
    if kind is CheckKind.DRIFT:
        return "drifted share"
    return metric_title(str(settings.get("metric", "")))


def sizes_title(kind: CheckKind, settings: Mapping[str, Any]) -> str:
    """What the sizes to plant are sizes of."""
    if kind is CheckKind.DRIFT:
        return "Plant shifts of so many spreads"
    return f"Plant changes of {metric_title(str(settings.get('metric', ''))).lower()} to"


def differences(
    kind: CheckKind, before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[tuple[str, str, str], ...]:
    """(title, before, after) of each setting that differs, the known ones in their order."""
    titles = {field.name: field.title for field in FIELDS[kind]}
    names = [*titles, *sorted((set(before) | set(after)) - set(titles))]
    return tuple(
        (titles.get(name, name), _written(before.get(name)), _written(after.get(name)))
        for name in names
        if before.get(name) != after.get(name)
    )


def change_words(kind: CheckKind, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """ "Limit 0.87 → 0.85, Window, days 28 → 14"; says so when nothing differs."""
    changes = differences(kind, before, after)
    return "; ".join(f"{title} {old} → {new}" for title, old, new in changes) or "limits unchanged"


def _written(value: object) -> str:
    return write_value(value) or "none"


def _number(text: str) -> float | None:
    plain = re.sub(r"[\s\u202f\u00a0]", "", text).replace("\u2212", "-").replace(",", ".")
    try:
        value = float(plain)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
