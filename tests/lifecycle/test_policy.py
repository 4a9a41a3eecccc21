"""A policy file is read strictly, noticed when it changes, and part of what a decision is bound to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from aiqu_desktop.bundles import import_bundle
from aiqu_desktop.core.clock import ReplayClock
from aiqu_desktop.core.errors import Refused, UserError
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.lifecycle import Preview, preview_promotion
from aiqu_desktop.lifecycle.policy import Mode, Policy, notice_policy, parse_policy, policy_file
from aiqu_desktop.lifecycle.policy.freeze import FreezeWindow
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import AuditRecord
from tests.factories.bundles import make_bundle
from tests.factories.people import promoted
from tests.lifecycle.fake_target import FakeTarget

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOON = datetime(2026, 3, 4, 11, tzinfo=UTC)  # a Wednesday


def _parsed(text: str) -> Policy:
    return parse_policy(text, "policies/toy.toml", ("temperature", "recipe"))


def test_an_empty_file_says_the_defaults() -> None:
    assert _parsed("# nothing but a comment\n") == Policy()


def test_every_kind_of_setting_is_read() -> None:
    policy = _parsed(
        """
        time_zone = "Europe/Stockholm"
        [holdout]
        required = true
        worst = 0.9
        [recent]
        mode = "advise"
        days = 14
        min_rows = 100
        [segments]
        columns = ["recipe"]
        [freeze]
        windows = ["Mon-Fri 05:45-06:15", "22:00-02:00"]
        [retraining]
        confidential = ["temperature"]
        """
    )
    assert policy.zone == STOCKHOLM
    assert (policy.holdout.required, policy.holdout.worst, policy.recent.mode) == (True, 0.9, Mode.ADVISE)
    assert (policy.recent.days, policy.recent.min_rows, policy.segments.columns) == (14.0, 100, ("recipe",))
    assert [str(window) for window in policy.freeze.windows] == ["Mon,Tue,Wed,Thu,Fri 05:45-06:15", "22:00-02:00"]
    assert policy.retraining.confidential == ("temperature",)
    assert policy.to_json()["freeze"]["windows"] == ["Mon,Tue,Wed,Thu,Fri 05:45-06:15", "22:00-02:00"]


@pytest.mark.parametrize(("text", "key", "expected"), [
    ("[recent]\ndayz = 3", "'dayz'", "days, error_margin"),
    ("[resent]\ndays = 3", "'resent'", "holdout"),
    ("recent = 3", "recent", "begins with [recent]"),
    ('[recent]\nmode = "off"', "mode in [recent]", '"block" or "advise"'),
    ("[recent]\nmargin = 7", "margin in [recent]", "a number from 0 to 1"),
    ("[recent]\nmargin = nan", "margin in [recent]", "a number from 0 to 1"),
    ('[recent]\nmargin = "0.1"', "margin in [recent]", "a number"),
    ("[recent]\nmin_rows = 50.5", "min_rows in [recent]", "a whole number"),
    ("[recent]\nrequired = 1", "required in [recent]", "true or false"),
    ('[segments]\ncolumns = "recipe"', "columns in [segments]", "a list of texts"),
    ('[segments]\ncolumns = ["colour"]', "'colour'", "features of the model"),
    ('[retraining]\nconfidential = ["presure"]', "'presure'", "features of the model"),
    ('[freeze]\nwindows = ["5 to 6"]', "windows in [freeze]", "05:45-06:15"),
    ('[freeze]\nwindows = ["06:00-06:00"]', "windows in [freeze]", "no length"),
    ('[freeze]\nwindows = ["Mo 06:00-07:00"]', "windows in [freeze]", "names a day"),
    ('[freeze]\nwindows = ["06:00-24:30"]', "windows in [freeze]", "no such time"),
    ('time_zone = "Mars"', "time_zone", "time zone database"),
    ("time_zone = 3", "time_zone", "time zone database"),
    ("[recent", "is no TOML file", "correct it"),
])  # fmt: skip
def test_what_is_unknown_or_wrong_is_refused_in_one_sentence(text: str, key: str, expected: str) -> None:
    with pytest.raises(UserError) as refused:
        _parsed(text)
    said = str(refused.value)
    assert said.startswith("policies/toy.toml") and key in said and expected in said and "\n" not in said


def test_spelling_does_not_change_the_digest_and_settings_do() -> None:
    assert _parsed("[recent]\ndays = 28\n# as ever").digest == Policy().digest
    assert _parsed("[recent]\ndays = 29").digest != Policy().digest


@pytest.mark.parametrize(("window", "instant", "inside"), [
    ("05:45-06:15", "2026-03-04T04:50:00Z", True),  # 05:50 in Stockholm in winter
    ("05:45-06:15", "2026-07-01T04:50:00Z", False),  # 06:50 there in summer
    ("05:45-06:15", "2026-03-04T05:15:00Z", False),  # the end is outside
    ("05:45-06:15", "2026-03-04T04:45:00Z", True),  # the begin is inside
    ("Fri 22:00-02:00", "2026-03-07T00:30:00Z", True),  # Saturday 01:30, begun on Friday
    ("Fri 22:00-02:00", "2026-03-06T00:30:00Z", False),  # Friday 01:30, begun on Thursday
    ("Sat,Sun 00:00-24:00", "2026-03-08T22:59:00Z", True),
    ("Sat,Sun 00:00-24:00", "2026-03-08T23:00:00Z", False),
    ("Sun-Mon 00:00-24:00", "2026-03-09T12:00:00Z", True),
])  # fmt: skip
def test_a_freeze_window_is_read_on_the_sites_own_clock(window: str, instant: str, inside: bool) -> None:
    ends = FreezeWindow.parse(window).ends(datetime.fromisoformat(instant), STOCKHOLM)
    assert (ends is not None) is inside


@given(st.sets(st.integers(0, 6), min_size=1), st.integers(0, 1439), st.integers(0, 1440))
def test_a_freeze_window_is_written_as_it_is_read(days: set[int], begin: int, end: int) -> None:
    if begin == end:
        return
    window = FreezeWindow(tuple(sorted(days)), begin, end)
    assert FreezeWindow.parse(str(window)) == window


class Office:
    """A site with version 1 of the toy live and version 2 waiting."""

    def __init__(self, folder: Path) -> None:
        self.clock = ReplayClock(NOON)
        self.registry = Registry.create(SitePaths(folder / "site"), self.clock)
        self.target = FakeTarget()
        for number in (1, 2):
            import_bundle(self.registry, make_bundle(folder / str(number), "toy", number), actor="Eva")
        self.promote(self.preview(1))

    def write(self, text: str) -> None:
        policy_file(self.registry.paths, "toy").write_text(text)

    def preview(self, number: int = 2) -> Preview:
        return preview_promotion(self.registry, "toy", number, target=self.target)

    def promote(self, preview: Preview) -> None:
        assert promoted(self.registry, self.target, preview).done

    def noticed(self) -> list[tuple[str, str]]:
        with self.registry.read() as session:
            query = select(AuditRecord.action, AuditRecord.reason).where(AuditRecord.action.startswith("policy."))
            return [(row.action, row.reason) for row in session.execute(query.order_by(AuditRecord.sequence))]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    made.registry.close()


def test_a_change_is_recorded_once_with_what_it_changed(office: Office) -> None:
    assert office.noticed() == []
    office.write("[recent]\nmargin = 0.5\n")
    for _ in range(2):
        notice_policy(office.registry, "toy")
    assert office.noticed() == [("policy.changed", "recent.margin: 0.05 → 0.5")]
    policy_file(office.registry.paths, "toy").unlink()
    notice_policy(office.registry, "toy")
    assert office.noticed()[-1] == ("policy.changed", "recent.margin: 0.5 → 0.05")


def test_a_change_voids_what_was_shown_and_is_told_beside_it(office: Office) -> None:
    shown = office.preview()
    office.write("[reference]\nmax_age_days = 9000\n")
    with pytest.raises(Refused, match="What you saw has changed"):
        promoted(office.registry, office.target, shown)
    gate = {gate.name: gate for gate in office.preview().gates}["policy"]
    assert gate.passed is None and "reference.max_age_days: 730.0 → 9000.0" in gate.finding


def test_a_policy_that_cannot_be_read_blocks_and_two_people_cannot_help(office: Office) -> None:
    office.write("[recent]\ndayz = 3\n")
    seen = office.preview()
    gate = {gate.name: gate for gate in seen.gates}["policy"]
    assert seen.blocked and gate.blocks and not gate.overridable
    assert "'dayz'" in seen.blocking
    assert [action for action, _ in office.noticed()] == ["policy.unusable"]
    office.write("")
    assert not office.preview().blocked
    assert office.noticed()[-1][0] == "policy.changed"


def test_nothing_is_promoted_in_a_freeze_window_and_afterwards_it_is(office: Office) -> None:
    office.write('time_zone = "Europe/Stockholm"\n[freeze]\nwindows = ["Wed 11:30-12:30"]\n')
    seen = office.preview()
    gate = {gate.name: gate for gate in seen.gates}["freeze"]
    assert seen.blocked and gate.blocks and gate.overridable
    assert "wait until Wednesday 12:30" in gate.finding
    office.clock.move_to(datetime(2026, 3, 4, 11, 20, tzinfo=UTC))
    assert office.preview().evidence_digest == seen.evidence_digest, "the evidence stands still inside the window"
    office.clock.move_to(datetime(2026, 3, 4, 11, 30, tzinfo=UTC))
    office.promote(office.preview())


def test_a_freeze_window_may_be_advice_only(office: Office) -> None:
    office.write('[freeze]\nmode = "advise"\nwindows = ["00:00-24:00"]\n')
    gate = {gate.name: gate for gate in office.preview().gates}["freeze"]
    assert gate.passed is None and not office.preview().blocked


def test_an_old_reference_is_told_and_blocks_where_the_policy_says_so(office: Office) -> None:
    gate = {gate.name: gate for gate in office.preview().gates}["reference"]
    assert gate.passed is None and "more than 730 days ago" in gate.finding
    office.write('[reference]\nmode = "block"\n')
    assert office.preview().blocked
