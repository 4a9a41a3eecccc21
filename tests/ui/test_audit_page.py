"""The audit page: the filter asks the registry, the detail shows old and new, the chain is verified on request."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QPushButton

from aiqu_desktop.core.errors import EnvironmentFault
from aiqu_desktop.ui.audit.page import AuditPage
from aiqu_desktop.ui.audit.pretty import changes


@pytest.fixture
def page(qtbot, theme, tasks, desk):
    made = AuditPage(desk, tasks, theme)
    qtbot.addWidget(made)
    made.resize(1060, 740)
    made.show()
    qtbot.waitUntil(lambda: len(made.model.rows) == 60)
    return made


def test_the_newest_record_comes_first(page):
    assert page.table.shown_rows()[0].sequence == 184


def test_a_text_is_looked_up_in_the_whole_chain_not_only_in_what_is_shown(page, qtbot, desk):
    page.find.setText("Camera under")
    qtbot.waitUntil(lambda: ("list_audit", "Camera under") in desk.calls)
    qtbot.waitUntil(lambda: {row.action for row in page.table.shown_rows()} == {"check.paused"})


def test_the_detail_shows_each_field_from_old_to_new(page):
    page.table.select_key(184)
    facts = {fact.heading: fact.text for fact in page.facts._shown}
    assert facts["State"] == "unacknowledged → acknowledged"
    assert len(facts["Hash"].replace(" ", "")) == 64


def test_a_whole_chain_is_said_with_shape_word_and_head(page, qtbot):
    verify = page.findChild(QPushButton, "verify_chain")
    verify.click()
    assert not verify.isEnabled()
    qtbot.waitUntil(page.verdict.isVisible)
    assert page.verdict.word.text() == "Chain whole"
    assert page.finding.text().startswith("All 184 records fit. Head ")
    assert verify.isEnabled()


def test_a_broken_chain_names_the_record(page, qtbot, desk):
    desk.chain_intact = False
    page.verify_chain()
    qtbot.waitUntil(page.verdict.isVisible)
    assert page.verdict.word.text() == "Chain broken"
    assert page.verdict.word.property("health") == "alarm"
    assert "Record 97" in page.finding.text()


def test_a_verification_that_could_not_run_leaves_no_old_verdict_behind(page, qtbot, desk, tasks):
    page.verify_chain()
    qtbot.waitUntil(page.verdict.isVisible)
    desk.error = EnvironmentFault("The registry cannot be read; see whether the disk is mounted.")
    with qtbot.waitSignal(tasks.failed):
        page.verify_chain()
    assert not page.verdict.isVisible()
    assert page.verify.isEnabled()


def test_changes_are_written_one_field_a_line():
    assert changes({"a": 1, "b": True, "same": 2}, {"a": 2, "b": False, "same": 2, "c": [1]}) == [
        ("a", "1 → 2"), ("b", "yes → no"), ("c", "(none) → [1]"),
    ]  # fmt: skip
    assert changes(None, {"version": 2}) == [("version", "2")]
    assert changes({"reason": "x"}, {}) == [("reason", "was x")]
    assert len(changes({"t": "y" * 500}, {"t": "z"})[0][1]) < 110
