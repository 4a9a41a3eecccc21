"""Words and errors whose values others depend on: files, exit statuses, recovery at start."""

from __future__ import annotations

import pytest

from aiqu_desktop.core.errors import AiquError, EnvironmentFault, Refused, UserError
from aiqu_desktop.core.words import Health, ReleaseState


def test_refused_is_an_answer_and_everything_else_could_not_be_asked() -> None:
    statuses = {error: error.exit_status for error in (AiquError, UserError, EnvironmentFault, Refused)}
    assert statuses == {AiquError: 2, UserError: 2, EnvironmentFault: 2, Refused: 1}


@pytest.mark.parametrize("error", [UserError, EnvironmentFault, Refused])
def test_every_error_for_people_is_caught_as_one(error: type[AiquError]) -> None:
    with pytest.raises(AiquError, match="say so"):
        raise error("say so")


def test_exactly_the_states_before_completion_are_settled_at_start() -> None:
    unfinished = {state for state in ReleaseState if state.unfinished}
    assert unfinished == {ReleaseState.INTENDED, ReleaseState.STAGED, ReleaseState.SWITCHED}


def test_healths_are_ordered_worst_first_and_unknown_is_worse_than_good() -> None:
    assert list(Health) == [Health.STOPPED, Health.ALARM, Health.WARNING, Health.UNKNOWN, Health.GOOD]
