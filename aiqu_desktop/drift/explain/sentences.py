"""Plain sentences about a drift, in English and Swedish; numbers are written as the language writes them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiqu_desktop.drift.explain.movement import Movement

LANGUAGES = ("en", "sv")
_NAMED = 3
_NO_BREAK = "\u00a0"


@dataclass(frozen=True)
class Reason:
    """One drifted column. importance: its share, 0 to 1, or None where none is known. weight: effect over limit, times
    the importance; what the ranking goes by."""

    feature: str
    effect: float
    effect_name: str
    limit: float
    importance: float | None
    weight: float
    moved: Movement

    def to_json(self) -> dict[str, Any]:
        return {
            "feature": self.feature,
            "effect": self.effect,
            "effect_name": self.effect_name,
            "limit": self.limit,
            "importance": self.importance,
            "weight": self.weight,
            "moved": self.moved.way,
            "before": self.moved.before,
            "after": self.moved.after,
            "category": self.moved.category,
        }


@dataclass(frozen=True)
class HurtSegment:
    """A segment, with its mean loss beside that of the other rows where they are known."""

    column: str
    name: str
    loss: float | None = None
    others: float | None = None
    n: int | None = None


def sentence(
    reasons: Sequence[Reason], compared: int, drifted: bool, segment: HurtSegment | None, language: str
) -> str:
    """One to four short sentences.

    Raises:
        ValueError: if the language is neither "en" nor "sv".
    """
    if language not in LANGUAGES:
        raise ValueError(f"there are no sentences in {language!r}, only in {LANGUAGES}")
    swedish = language == "sv"
    if compared == 0:
        return "Det finns för lite data att jämföra." if swedish else "There is too little data to compare."
    if not reasons:
        return _nothing(compared, swedish)
    said = [_headline(len(reasons), compared, drifted, swedish)]
    said += [_one(reason, place, swedish) for place, reason in enumerate(reasons[:_NAMED])]
    if segment is not None:
        said.append(_where(segment, swedish))
    return " ".join(said)


def number(value: float, language: str) -> str:
    """Three significant digits, or all of a large number's whole ones: 0.123, 12.3, 1,230; 0,123, 12,3, 1 230."""
    if value == 0 or not math.isfinite(value):
        text = "0" if value == 0 else "∞"
    else:
        magnitude = math.floor(math.log10(abs(value)))
        if -4 <= magnitude < 15:
            text = f"{value:,.{max(0, 2 - magnitude)}f}"
            text = text.rstrip("0").rstrip(".") if "." in text else text
        else:
            text = f"{value:.2e}"
    text = text.replace("-", "−") if value < 0 and "e" not in text else text
    return text.replace(",", _NO_BREAK).replace(".", ",") if language == "sv" else text


def percent(share: float, language: str) -> str:
    """A share as a whole percentage, or with one decimal below one: 31%, 0.4%; 31 %, 0,4 %."""
    value = 100.0 * share
    text = f"{value:.1f}" if 0 < abs(value) < 0.95 else f"{value:.0f}"
    return f"{text.replace('.', ',')}{_NO_BREAK}%" if language == "sv" else f"{text}%"


def _nothing(compared: int, swedish: bool) -> str:
    if swedish:
        if compared == 1:
            return "Den jämförda kolumnen har inte ändrats nämnvärt."
        return f"Ingen av de {compared} jämförda kolumnerna har ändrats nämnvärt."
    if compared == 1:
        return "The compared column has not changed noticeably."
    return f"None of the {compared} compared columns has changed noticeably."


def _headline(count: int, compared: int, drifted: bool, swedish: bool) -> str:
    if swedish:
        verb = (
            "har ändrats" if drifted else "har ändrats, men de betyder för lite för modellen för att räknas som drift"
        )
        if count == 1 and not drifted:
            verb = "har ändrats, men den betyder för lite för modellen för att räknas som drift"
        return f"{count} av {compared} kolumner {verb}."
    verb = "has changed" if count == 1 else "have changed"
    if not drifted:
        matters = "it matters" if count == 1 else "they matter"
        verb += f", but {matters} too little to the model to count as drift"
    return f"{count} of {compared} columns {verb}."


def _one(reason: Reason, place: int, swedish: bool) -> str:
    language = "sv" if swedish else "en"
    effect, limit = number(reason.effect, language), number(reason.limit, language)
    name = f"”{reason.feature}”" if swedish else f"“{reason.feature}”"
    moved = _moved_sv(reason.moved) if swedish else _moved_en(reason.moved)
    weighs = ""
    if reason.importance is not None:
        share = percent(reason.importance, language)
        weighs = f", och väger {share} i modellens beslut" if swedish else f", and carries {share} of the decision"
    if swedish:
        lead = "Mest betyder" if place == 0 else "Därefter kommer"
        return f"{lead} {name}, som {moved} (effekt {effect}, gräns {limit}){weighs}."
    lead = "What matters most is" if place == 0 else "Next is"
    return f"{lead} {name}, which {moved} (effect {effect}, limit {limit}){weighs}."


def _moved_en(moved: Movement) -> str:
    before, after = number(moved.before or 0.0, "en"), number(moved.after or 0.0, "en")
    shares = f"from {percent(moved.before or 0.0, 'en')} to {percent(moved.after or 0.0, 'en')} of the rows"
    return {
        "up": f"has risen from {before} to {after}",
        "down": f"has fallen from {before} to {after}",
        "wider": f"varies more than it did (range {after} instead of {before})",
        "narrower": f"varies less than it did (range {after} instead of {before})",
        "shape": "is distributed in another way",
        "missing": f"is missing more often, {shares}",
        "more": f"has “{moved.category}” more often, {shares}",
        "unseen": f"has the new value “{moved.category}” in {percent(moved.after or 0.0, 'en')} of the rows",
        "unknown": "is distributed in another way",
    }[moved.way]


def _moved_sv(moved: Movement) -> str:
    before, after = number(moved.before or 0.0, "sv"), number(moved.after or 0.0, "sv")
    shares = f"från {percent(moved.before or 0.0, 'sv')} till {percent(moved.after or 0.0, 'sv')} av raderna"
    return {
        "up": f"har stigit från {before} till {after}",
        "down": f"har sjunkit från {before} till {after}",
        "wider": f"varierar mer än förut (spännvidd {after} i stället för {before})",
        "narrower": f"varierar mindre än förut (spännvidd {after} i stället för {before})",
        "shape": "har fått en annan fördelning",
        "missing": f"saknas oftare, {shares}",
        "more": f"oftare har värdet ”{moved.category}”, {shares}",
        "unseen": f"har det nya värdet ”{moved.category}” på {percent(moved.after or 0.0, 'sv')} av raderna",
        "unknown": "har fått en annan fördelning",
    }[moved.way]


def _where(segment: HurtSegment, swedish: bool) -> str:
    place = f"{segment.column} = {segment.name}" if segment.column else segment.name
    if segment.loss is None or segment.others is None:
        return f"Störst är förändringen för {place}." if swedish else f"The change is largest for {place}."
    language = "sv" if swedish else "en"
    loss, others = number(segment.loss, language), number(segment.others, language)
    if swedish:
        return f"Värst drabbat är {place}: medelfelet är {loss} mot {others} i övrigt."
    return f"It hurts most for {place}: the mean loss is {loss}, against {others} elsewhere."
