"""What a drift check found, in plain sentences."""

from __future__ import annotations

from aiqu_desktop.drift import DriftResult
from aiqu_desktop.drift.segments import DividedResult, SegmentDrift
from aiqu_desktop.monitoring.joint import JointLook

_NAMED = 3  # so many columns or segments by name, the others by number


def drift_sentence(divided: DividedResult, joint: JointLook | None) -> str:
    """The whole, the worst segment, and what could not be compared."""
    parts = [_whole(divided, joint), segment_sentence(divided), _strangers(divided)]
    return " ".join(part for part in parts if part)


def segment_sentence(divided: DividedResult) -> str:
    """Where it drifted most, or that it drifted in no segment; "" without segments."""
    if not divided.segments:
        return ""
    if divided.worst is None:
        return f"No {' or '.join(part.column for part in divided.segments)} drifted by itself."
    column, worst = divided.worst
    return f"The worst is {segment_name(column, worst.segment)}: {_counted(worst)}."


def segment_name(column: str, segment: str) -> str:
    """A segment as it is named on screen and in metrics."""
    return f"{column} = {segment}"


def weight_of(result: DriftResult) -> float:
    """The share of the decision that drifted columns carry, or of the columns where importances are not known."""
    return result.share if result.weighted_share is None else result.weighted_share


def _whole(divided: DividedResult, joint: JointLook | None) -> str:
    result = divided.result
    like = f", each row compared with its own {divided.mix.change.name}" if divided.mix is not None else ""
    if not result.drifted_columns and joint is not None and joint.result.drifted:
        where = f" of {joint.like}" if joint.like else ""
        return (
            f"None of the {len(result.columns)} columns drifted by itself{like}, but together they do: "
            f"a classifier tells window and reference{where} apart with an AUC of {joint.result.separation:.2f}."
        )
    weight = "" if result.weighted_share is None else f", carrying {result.weighted_share:.0%} of the decision"
    which = f": {_listed(result.drifted_columns)}" if result.drifted_columns else ""
    return f"{len(result.drifted_columns)} of {len(result.columns)} columns drifted{like}{weight}{which}."


def _counted(segment: SegmentDrift) -> str:
    assert segment.result is not None, "what drifted was compared"
    result = segment.result
    weight = "" if result.weighted_share is None else f", carrying {result.weighted_share:.0%} of the decision"
    return (
        f"{len(result.drifted_columns)} of {len(result.columns)} columns on {segment.rows} observations{weight} "
        f"({_listed(result.drifted_columns)})"
    )


def _strangers(divided: DividedResult) -> str:
    """Rows without a like in the reference are in no comparison: that must be said."""
    if divided.mix is None or not divided.mix.unknown:
        return ""
    unknown = divided.mix.unknown
    rows, names = sum(unknown.values()), _listed(tuple(sorted(unknown, key=lambda name: -unknown[name])))
    return f"{rows} observations of {names} have too few like them in the reference and were not compared."


def _listed(names: tuple[str, ...]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
