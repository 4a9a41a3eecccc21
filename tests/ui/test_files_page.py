"""The files page: quarantine with its reason, the rest quiet."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QCheckBox

from aiqu_desktop.ui.files.page import FilesPage
from aiqu_desktop.ui.tables.record_model import RecordModel
from aiqu_desktop.ui.widgets.empty import EmptyState
from tests.ui.fakes import FakeDesk


@pytest.fixture
def page(qtbot, theme, tasks, desk):
    made = FilesPage(desk, tasks, theme)
    qtbot.addWidget(made)
    made.resize(1060, 740)
    made.show()
    qtbot.waitUntil(lambda: len(made.model.rows) == 60)
    return made


def test_a_quarantined_file_has_shape_word_and_reason(page):
    index = page.table.proxy.index(1, 0)
    assert (index.data(), index.data(RecordModel.LookRole).icon) == ("Quarantined", "quarantine")
    page.table.selectRow(1)
    assert page.reason.text().startswith("The column sensor_07 is missing")


def test_only_the_quarantined_are_listed_on_request(page, qtbot):
    page.findChild(QCheckBox, "quarantined_only").setChecked(True)
    qtbot.waitUntil(lambda: len(page.table.shown_rows()) == 3)
    assert page.summary.text() == "newest 3 files, 3 in quarantine"


def test_optional_columns_give_way_before_the_reason_does(page):
    names = [column.name for column in page.model.columns]
    page.resize(900, 700)
    hidden = {name for k, name in enumerate(names) if page.table.isColumnHidden(k)}
    assert {"known", "conflicting"} <= hidden
    assert not hidden & {"outcome", "model", "name", "reason"}
    assert page.table.columnWidth(names.index("reason")) >= 240
    page.resize(1900, 700)
    assert not any(page.table.isColumnHidden(k) for k in range(len(names)))


def test_an_empty_list_says_where_files_are_taken_from(qtbot, theme, tasks):
    page = FilesPage(FakeDesk(0), tasks, theme)
    qtbot.addWidget(page)
    page.show()
    empty = page.findChild(EmptyState, "no_files")
    qtbot.waitUntil(empty.isVisible)
    qtbot.waitUntil(lambda: "drop" in empty.sentence.text())
