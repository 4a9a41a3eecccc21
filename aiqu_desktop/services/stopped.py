"""How it stands with a stop: who stopped the model, whether it is known to stand still, and what the card says."""

from __future__ import annotations

from sqlalchemy.orm import Session

from aiqu_desktop.core.clock import SystemClock
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.core.words import TargetKind
from aiqu_desktop.lifecycle.safe_state.cards import WrittenCard, card_of
from aiqu_desktop.lifecycle.safe_state.hold import Stopped, stopped
from aiqu_desktop.lifecycle.targets.choice import setting_of
from aiqu_desktop.line.messages import LineState, LineStatus
from aiqu_desktop.line.protocol import TargetFolder
from aiqu_desktop.monitoring.stop_alarm import runs_out_at
from aiqu_desktop.registry.tables import Model
from aiqu_desktop.services.serving import good_target_check_since
from aiqu_desktop.services.views import CardView, StopView


def stop_view(session: Session, paths: SitePaths, model: Model) -> StopView | None:
    """The stop that stands; None while the model is in service. Nobody is asked over a network."""
    standing = stopped(session, model.id)
    if standing is None:
        return None
    status = None
    if setting_of(session, model.id).kind is TargetKind.FOLDER:
        status = TargetFolder(paths.line / model.name).status()
        proven = _obeys(status, standing)
    else:
        checked = good_target_check_since(session, model.id, standing.since)
        proven = standing.proven if checked is None else checked
    counted = status.set_aside if status is not None and status.stopped_by == standing.release else None
    return StopView(
        since=standing.since,
        by=standing.by,
        reason=standing.reason,
        proven=proven,
        sentence=_sentence(standing, proven),
        wall_seconds=standing.wall_seconds,
        until=runs_out_at(standing, card_of(session, model.id)),
        files=counted.files if counted else None,
        rows=counted.rows if counted else None,
    )


def card_view(card: WrittenCard | None) -> CardView | None:
    """A card as it is shown."""
    if card is None:
        return None
    return CardView(
        number=card.number,
        at=card.at,
        by=card.by,
        reason=card.reason,
        lines=card.lines,
        **card.card.to_json(),
    )


def card_of_model(session: Session, model_id: int) -> CardView | None:
    """The model's fallback card as it is shown; None where none was written."""
    return card_view(card_of(session, model_id))


def _obeys(status: LineStatus | None, standing: Stopped) -> bool:
    return (
        status is not None
        and status.state is LineState.HELD
        and status.stopped_by == standing.release
        and status.alive(SystemClock().now())
    )


def _sentence(standing: Stopped, proven: bool) -> str:
    if proven:
        return "The target answers nothing, as it shall."
    if standing.proven:
        return "The target was seen to stand still when it was stopped, but does not show it now."
    return standing.outcome or "The stop is under way."
