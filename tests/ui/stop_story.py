"""A stop to the safe state as the screens show it: its preview, its card, its end, and a model that is stopped."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aiqu_desktop.core.words import Health, ReleaseKind, ReleaseState
from aiqu_desktop.lifecycle.preview import Preview
from aiqu_desktop.lifecycle.release import ReleaseOutcome
from aiqu_desktop.lifecycle.safe_state.card import FallbackCard
from aiqu_desktop.lifecycle.safe_state.cards import WrittenCard
from aiqu_desktop.lifecycle.safe_state.hold import Stopped
from aiqu_desktop.services.stopped import card_view
from aiqu_desktop.services.views import ActionState, ModelPage, ModelTile, StopView
from tests.ui.release_story import rollback

SINCE = datetime(2026, 3, 12, 4, 30, tzinfo=UTC)
CARD = WrittenCard(
    3,
    datetime(2026, 1, 20, 9, tzinfo=UTC),
    "Jonas Lindqvist",
    "After the rehearsal of 19 January.",
    FallbackCard(
        instead="Sort by hand at station 4. Every tenth piece goes to the laboratory; hold the lot until it answers.",
        decides="The shift leader",
        call="Maria Ek, telephone 4711",
        at_most_hours=8,
        instruction="WI-0420",
    ),
)
STOPPED = Stopped("r-0009", SINCE, "Elin Sandberg", "Wrong answers on every second piece.", True, "", 0.8, {})
BLIND = "The line gave no sign of life for 15 s; it shall be stopped, but nothing proves that it is: go and look."


def stop(*, card: bool = True) -> Preview:
    back = rollback()
    return replace(
        back,
        kind=ReleaseKind.STOP,
        to_version=None,
        gates=(),
        way_back="The same version serves again when two people sign for it; one person can roll back to version 2.",
        fallback=CARD if card else None,
    )


def resume() -> Preview:
    back = rollback()
    live = back.from_version
    assert live is not None
    return replace(
        back,
        kind=ReleaseKind.RESUME,
        to_version=live,
        way_back="One person can stop it again with one reason.",
        requested=live.number,
        stopped=STOPPED,
    )


def stop_outcome(preview: Preview, *, done: bool = True) -> ReleaseOutcome:
    assert preview.from_version is not None
    number = preview.from_version.number
    return ReleaseOutcome(
        "r-0009",
        preview.model,
        ReleaseKind.STOP,
        ReleaseState.COMPLETED if done else ReleaseState.UNKNOWN,
        number,
        number,
        f"{preview.model} is stopped: the line answers nothing." if done else BLIND,
        0.8 if done else None,
        {"alive": done, "pointed": None, "serving": None, "golden": {"passed": 0, "total": 0}, "stopped_by": "r-0009"},
        stopped=True,
    )


def stopped_tile(tile: ModelTile, *, proven: bool = True) -> ModelTile:
    """The same model, stopped."""
    view = StopView(
        since=SINCE,
        by=STOPPED.by,
        reason=STOPPED.reason,
        proven=proven,
        sentence="The target answers nothing, as it shall." if proven else BLIND,
        wall_seconds=0.8 if proven else None,
        until=SINCE + timedelta(hours=8),
        files=3,
        rows=36,
    )
    return replace(
        tile,
        health=Health.STOPPED,
        reason=view.words,
        serving_proven=False,
        reverted=False,
        stop=view,
        fallback=CARD.card.instead,
    )


def with_stop(page: ModelPage, *, card: bool) -> ModelPage:
    """The page of the model, in service or stopped, as its tile says."""
    stopped = page.tile.stop is not None
    if page.tile.stop is not None and not card:  # no card says for how long
        page = replace(page, tile=replace(page.tile, stop=replace(page.tile.stop, until=None), fallback=""))
    return replace(
        page,
        card=card_view(CARD) if card else None,
        stop=ActionState(not stopped or not page.tile.stop.proven, "It is stopped already."),
        resume=ActionState(stopped, "It is not stopped."),
    )
