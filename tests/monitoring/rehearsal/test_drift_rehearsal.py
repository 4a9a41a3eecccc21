import numpy as np

from aiqu_desktop.core.words import ColumnKind
from aiqu_desktop.drift import build_profile
from aiqu_desktop.drift.segments import DividedReference
from aiqu_desktop.monitoring.rehearsal.drift import (
    Inputs,
    Reference,
    features_that_decide,
    material,
    plant,
    quiet_trial,
    replay_references,
)
from aiqu_desktop.monitoring.rehearsal.replay import DAY
from aiqu_desktop.monitoring.settings import DriftSettings

KINDS = {"heat": ColumnKind.NUMERIC, "speed": ColumnKind.NUMERIC, "recipe": ColumnKind.CATEGORICAL}
WEIGHTS = {"heat": 0.7, "speed": 0.2, "recipe": 0.1}
SETTINGS = DriftSettings(window_days=14.0)


def columns(rows: int, seed: int, shift: float = 0.0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {
        "heat": rng.normal(60 + 15 * shift, 15, rows),
        "speed": rng.normal(1500, 400, rows),
        "recipe": np.array(["A", "B"], object)[rng.integers(0, 2, rows)],
    }


ACCEPTED = columns(1000, 1)
PROFILE = build_profile(ACCEPTED, KINDS)
WHOLE = DividedReference(PROFILE)


def test_the_past_rings_where_the_input_moved() -> None:
    parts = [columns(1200, 2), columns(1200, 3, shift=1.0)]
    came = Inputs(np.arange(2400) * DAY / 30, {name: np.concatenate([p[name] for p in parts]) for name in KINDS})
    seen: list[float] = []
    found = replay_references((Reference(1, 0.0, 80 * DAY, WHOLE),), came, SETTINGS, DAY, WEIGHTS, seen.append)
    assert len(found.alarms) == 1
    assert 40 * DAY < found.alarms[0].at < 56 * DAY
    assert found.values.max() >= 0.7
    assert seen[-1] == 1.0


def test_a_planted_shift_is_found_and_no_shift_is_not() -> None:
    source = material(WHOLE, ACCEPTED, rows_a_day=30.0)
    small, large = (plant(source, SETTINGS, DAY, WEIGHTS, size, ("heat",)) for size in (0.0, 1.0))
    assert large.found == 1.0 and large.median_days is not None and large.median_days < 14
    assert small.found == 0.0
    assert quiet_trial(source, SETTINGS, DAY, WEIGHTS)[0] == 0.0


def test_the_fewest_features_that_decide_are_planted() -> None:
    assert features_that_decide(PROFILE, WEIGHTS, 0.3) == ("heat",)
    assert features_that_decide(PROFILE, WEIGHTS, 0.8) == ("heat", "speed")
    assert features_that_decide(PROFILE, {}, 0.4) == ("heat", "speed")
