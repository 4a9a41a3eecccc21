import json
from typing import Any

import pytest

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.words import CheckKind
from aiqu_desktop.monitoring.settings import DriftSettings, from_json, to_json

OLD = {
    "window_days": 14.0,
    "min_rows": 60,
    "share_limit": 0.3,
    "false_calls_a_year": 1.0,
    "on_delay": 2,
    "off_delay": 2,
}


def test_settings_stored_before_there_were_segments_read_as_before() -> None:
    assert from_json(CheckKind.DRIFT, OLD) == DriftSettings(window_days=14.0)


def test_settings_come_back_from_json_as_they_were() -> None:
    for made in (
        DriftSettings(segment_by=("line", "recipe"), compare_like="recipe"),
        DriftSettings(shift_starts=("06:00", "18:00"), shift_zone="Europe/Stockholm"),
    ):
        plain = to_json(made)
        assert json.loads(json.dumps(plain)) == plain
        assert from_json(CheckKind.DRIFT, plain) == made


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"segment_by": "recipe"}, "'segment_by' must be a list of texts, not 'recipe'"),
        ({"segment_by": [1]}, "must be a list of texts"),
        ({"compare_like": 3}, "'compare_like' must be a text, not 3"),
        ({"share_limit": "0.3"}, "'share_limit' must be a number"),
        ({"share_limit": True}, "'share_limit' must be a number"),
        ({"compare_like": "recipe", "shift_starts": ["06:00", "18:00"]}, "by a feature or by the shift"),
        ({"shift_starts": ["06:00"]}, "two or more different times"),
        ({"shift_starts": ["06:00", "06:00"]}, "two or more different times"),
        ({"shift_starts": ["6", "18:00"]}, "cannot begin at '6'"),
        ({"shift_starts": ["06:00", "24:00"]}, "cannot begin at '24:00'"),
        ({"shift_zone": "Europe/Atlantis"}, "no time zone 'Europe/Atlantis'"),
        ({"shift_zone": "../../etc/passwd"}, "no time zone"),
        ({"segmented": 1}, "has no setting 'segmented'"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_sentence(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(UserError, match=said) as raised:
        from_json(CheckKind.DRIFT, settings)
    assert ". " not in str(raised.value) and str(raised.value).endswith(".")
