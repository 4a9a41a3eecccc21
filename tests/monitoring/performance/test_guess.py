from aiqu_desktop.drift import Estimate
from aiqu_desktop.monitoring.performance.guess import Guess
from aiqu_desktop.monitoring.settings import PerformanceSettings

SETTINGS = PerformanceSettings(metric="accuracy", limit=0.8)


def estimate(value: float, half: float = 0.03) -> Estimate:
    return Estimate("accuracy", value, value - half, value + half, 200)


def test_an_estimate_wholly_beyond_the_limit_worries_while_labels_are_out() -> None:
    guess = Guess(estimate(0.6), beyond=True)
    assert guess.worrying
    assert guess.condition(SETTINGS, labels_tell=False).bad is True
    assert guess.condition(SETTINGS, labels_tell=True).bad is False  # where labels tell, the truth rings
    assert "all of it beyond the limit 0.8" in guess.sentence(SETTINGS)


def test_labels_that_contradict_it_silence_it() -> None:
    guess = Guess(estimate(0.6), checked=estimate(0.6), truth=estimate(0.95), beyond=True)
    assert guess.refuted and not guess.worrying
    assert guess.condition(SETTINGS, labels_tell=False).bad is False
    assert "do not trust it" in guess.sentence(SETTINGS)
    assert [metric.name for metric in guess.metrics] == ["estimated.accuracy", "estimated.error"]


def test_labels_that_agree_do_not() -> None:
    assert Guess(estimate(0.6), checked=estimate(0.6), truth=estimate(0.62), beyond=True).worrying


def test_without_an_estimator_nothing_is_said() -> None:
    nothing = Guess(None)
    assert nothing.metrics == () and nothing.sentence(SETTINGS) == ""
    assert nothing.condition(SETTINGS, labels_tell=False).bad is None
