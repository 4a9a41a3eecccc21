"""What each kind of check can be told. Stored as JSON with the check; unknown fields are refused, not ignored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, TypeVar, get_type_hints

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import CheckKind
from aiqu_desktop.monitoring.shifts import check_shifts


@dataclass(frozen=True, slots=True)
class DriftSettings:
    """Did the input change?

    window_days: how far back the window reaches, in days of event time.
    min_rows: fewer rows give no answer.
    share_limit: the model drifts when its drifted features carry more than this share of its decisions.
    false_calls_a_year: the budget: so often a year, on average, any column is called drifted where nothing changed.
    on_delay, off_delay: so many bad (good) answers in a row raise (clear) the alarm.
    segment_by: categorical features whose values are also judged one by one, so that the worst one is named.
    compare_like: a categorical feature; rows are compared only with reference rows that have the same value of it.
    shift_starts: instead of compare_like, when each shift of the day begins ("06:00"), in the time of `shift_zone`, an
        IANA name; rows are compared with reference rows of the same shift.
    """

    kind: ClassVar[CheckKind] = CheckKind.DRIFT
    window_days: float = 28.0
    min_rows: int = 60
    share_limit: float = 0.3
    false_calls_a_year: float = 1.0
    on_delay: int = 2
    off_delay: int = 2
    segment_by: tuple[str, ...] = ()
    compare_like: str = ""
    shift_starts: tuple[str, ...] = ()
    shift_zone: str = "UTC"

    def __post_init__(self) -> None:
        if self.compare_like and self.shift_starts:
            raise UserError(
                "The drift check compares like with like by a feature or by the shift; give one of the two."
            )
        if len(self.shift_starts) == 1:
            raise UserError("Shifts need two or more different times at which they begin, such as 06:00 and 18:00.")
        check_shifts(self.shift_starts, self.shift_zone)


@dataclass(frozen=True, slots=True)
class PerformanceSettings:
    """Does it hurt? Realised on labelled observations of the version that serves.

    metric: the primary metric, one of those that the version's card states.
    limit: the worst acceptable value of it, in its own unit.
    false_alarm_years: the budget: at most one false alarm of this model in so many years, on average.
    on_delay: the evidence has its own patience, so one bad answer is enough.
    costs: what answers cost, as `monitoring.performance.costs` reads it; "" where no one said so.
    """

    kind: ClassVar[CheckKind] = CheckKind.PERFORMANCE
    metric: str
    limit: float
    window_days: float = 28.0
    min_labels: int = 40
    false_alarm_years: float = 10.0
    on_delay: int = 1
    off_delay: int = 2
    costs: str = ""


@dataclass(frozen=True, slots=True)
class QualitySettings:
    """Are the values fit to be looked at? rate_limit: tolerated share of faulty values in any one feature."""

    kind: ClassVar[CheckKind] = CheckKind.QUALITY
    window_days: float = 7.0
    min_rows: int = 20
    rate_limit: float = 0.05
    on_delay: int = 1
    off_delay: int = 1


@dataclass(frozen=True, slots=True)
class FreshnessSettings:
    """Do data and labels still come? Deadlines in days of the site's clock since the newest event time."""

    kind: ClassVar[CheckKind] = CheckKind.FRESHNESS
    data_days: float = 3.0
    label_days: float = 10.0


@dataclass(frozen=True, slots=True)
class IntegritySettings:
    """Are the champion's files and the stored segments still what they were?"""

    kind: ClassVar[CheckKind] = CheckKind.INTEGRITY


@dataclass(frozen=True, slots=True)
class StandbySettings:
    """Does the last known good lie ready on the target, whole and with passing golden cases?"""

    kind: ClassVar[CheckKind] = CheckKind.STANDBY


@dataclass(frozen=True, slots=True)
class DrillSettings:
    """Does the way back work, and how fast? limit_seconds: a rollback that takes longer on the target is too slow."""

    kind: ClassVar[CheckKind] = CheckKind.DRILL
    limit_seconds: float = 10.0


@dataclass(frozen=True, slots=True)
class TargetSettings:
    """Does the target serve what the registry says? silent_on_delay: so many times without a sign of life raise it."""

    kind: ClassVar[CheckKind] = CheckKind.TARGET
    silent_on_delay: int = 2


Settings = (
    DriftSettings
    | PerformanceSettings
    | QualitySettings
    | FreshnessSettings
    | IntegritySettings
    | StandbySettings
    | DrillSettings
    | TargetSettings
)
AnySettings = TypeVar("AnySettings", bound=Settings)

_BY_KIND: dict[CheckKind, type[Settings]] = {
    CheckKind.DRIFT: DriftSettings,
    CheckKind.PERFORMANCE: PerformanceSettings,
    CheckKind.QUALITY: QualitySettings,
    CheckKind.FRESHNESS: FreshnessSettings,
    CheckKind.INTEGRITY: IntegritySettings,
    CheckKind.STANDBY: StandbySettings,
    CheckKind.DRILL: DrillSettings,
    CheckKind.TARGET: TargetSettings,
}


def to_json(settings: Settings) -> dict[str, Any]:
    """A plain dictionary for the check's row, equal to what comes back from JSON."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(settings).items()}


def from_json(kind: CheckKind, data: Mapping[str, Any]) -> Settings:
    """The typed settings of a check.

    Raises:
        UserError: if a field is unknown, missing, of the wrong kind, or not usable.
    """
    settings_type = _BY_KIND[kind]
    known = {field.name for field in fields(settings_type)}
    unknown = sorted(set(data) - known)
    if unknown:
        raise UserError(f"The {kind} check has no setting {unknown[0]!r}; it has {', '.join(sorted(known)) or 'none'}.")
    hints = get_type_hints(settings_type)
    read = {name: _read(f"The {kind} check's setting {name!r}", hints[name], value) for name, value in data.items()}
    try:
        return settings_type(**read)
    except TypeError as error:
        raise UserError(f"The {kind} check's settings are incomplete: {error}.") from error


def _read(what: str, hint: Any, value: Any) -> Any:
    """One setting as its field has it, from what JSON has."""
    if hint is str:
        if not isinstance(value, str):
            raise UserError(f"{what} must be a text, not {value!r}.")
        return value
    if hint == tuple[str, ...]:
        if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
            raise UserError(f"{what} must be a list of texts, not {value!r}.")
        return tuple(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UserError(f"{what} must be a number, not {value!r}.")
    return value
