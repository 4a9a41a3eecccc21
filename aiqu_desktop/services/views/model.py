"""Level two: one model in depth. Arrays are NumPy so that charts draw without another copy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from aiqu_desktop.core.words import FlowState, ReleaseKind, ReleaseState, VersionState
from aiqu_desktop.services.views.automatic import AutomaticView
from aiqu_desktop.services.views.people import RequestRow
from aiqu_desktop.services.views.rows import AlarmRow, CheckRunRow
from aiqu_desktop.services.views.shadow import ShadowRow
from aiqu_desktop.services.views.site import ModelTile
from aiqu_desktop.services.views.stop import CardView

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Series:
    """One metric over event time.

    times: seconds since 1970 UTC, shape (k,); values, low, high, limit: shape (k,), NaN where unknown (a gap);
    n: sample size of each point, shape (k,); version: champion's number at each point, shape (k,), 0 where none.
    """

    name: str
    title: str
    unit: str
    times: Floats
    values: Floats
    low: Floats
    high: Floats
    limit: Floats
    n: Floats
    version: Floats


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Drift effect of each feature over time, as a multiple of its limit (1 = at the limit).

    features: shape (f,), those that matter first; times: seconds, shape (t,); effects: shape (f, t), NaN = no answer;
    drifted: shape (f, t), True where effect and evidence both say so.
    """

    features: tuple[str, ...]
    times: Floats
    effects: Floats
    drifted: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Mark:
    """A flag on the time axis. kind: "promotion", "rollback", "reverted", "alarm" or "onset"."""

    at: datetime
    kind: str
    label: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ServedSpan:
    """Which version served from when to when; `end` is None while it still does. stopped: nothing did in that time."""

    version: int
    start: datetime
    end: datetime | None
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class FlowStepRow:
    """What one step of a version's tests found. passed: None is something to weigh."""

    step: str
    title: str
    passed: bool | None
    finding: str
    at: datetime
    wall_seconds: float


@dataclass(frozen=True, slots=True)
class FlowView:
    """A version's newest way through its tests. total: how many steps there are; sentence: how it ended."""

    state: FlowState
    sentence: str
    asked_by: str
    asked_at: datetime
    finished_at: datetime | None
    steps: tuple[FlowStepRow, ...]
    total: int


@dataclass(frozen=True, slots=True)
class VersionRow:
    """`metrics` maps a name to {"value", "low", "high", "n"} as measured when the version was accepted."""

    number: int
    state: VersionState
    digest: str
    metrics: dict[str, dict[str, float]]
    notes: str
    author: str
    created_at: datetime
    imported_at: datetime
    imported_by: str
    is_last_known_good: bool
    tests: FlowView | None = None  # None for a version that came before there were any
    shadow: ShadowRow | None = None  # its last one beside a champion


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    id: str
    kind: ReleaseKind
    state: ReleaseState
    from_version: int | None
    to_version: int
    requested_by: str
    reason: str
    intended_at: datetime
    finished_at: datetime | None
    wall_seconds: float | None
    outcome: str
    approved_by: str = ""
    override: tuple[str, ...] = ()  # titles of failed gates that two people went ahead against


@dataclass(frozen=True, slots=True)
class ActionState:
    """Whether a guarded button can act; when it cannot, `why_not` is the sentence shown beside it."""

    enabled: bool
    why_not: str
    versions: tuple[int, ...] = ()  # what it could act on, most likely first


@dataclass(frozen=True, slots=True)
class CostRow:
    """What a thousand predictions cost, in `currency`, with its 95 % interval and the labelled rows behind it."""

    value: float
    low: float
    high: float
    n: int
    currency: str


@dataclass(frozen=True, slots=True)
class ModelPage:
    """Everything the model page draws for one time range."""

    tile: ModelTile
    owner: str
    site_now: datetime
    start: datetime
    end: datetime
    first_data: datetime | None
    performance: tuple[Series, ...]  # the primary metric first
    drift: Series  # share of drifted features, weighed by importance
    volume: Series  # observations a day
    coverage: Series  # share of observations that are labelled
    heat: HeatMap
    marks: tuple[Mark, ...]
    served: tuple[ServedSpan, ...]
    versions: tuple[VersionRow, ...]  # newest first
    releases: tuple[ReleaseRow, ...]  # newest first
    alarms: tuple[AlarmRow, ...]  # open first, then newest first
    runs: tuple[CheckRunRow, ...]  # newest first, at most 50
    promote: ActionState
    roll_back: ActionState
    anytime: Series | None = None  # the primary metric's confidence sequence: a band that holds at every look
    request: RequestRow | None = None  # the open request for promotion; the newest, where several are open
    estimated: Series | None = None  # the primary metric without labels; None where nothing can estimate it
    challenger: Series | None = None  # the primary metric of a version that ran beside the champion
    automatic: AutomaticView | None = None  # whether it may be rolled back by itself, and what is advised
    cost: CostRow | None = None  # None where the performance check was not told what answers cost
    stop: ActionState = ActionState(False, "")
    resume: ActionState = ActionState(False, "")
    resume_request: RequestRow | None = None  # the open request to let the stopped champion serve again
    card: CardView | None = None  # the fallback card; None where none was written
