"""How numbers, instants and foreign names are spelled on paper, and what the evidence file keeps."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import typst
from hypothesis import given
from hypothesis import strategies as st

from aiqu_desktop.core.errors import EnvironmentFault
from aiqu_desktop.core.paths import resources
from aiqu_desktop.reports import numerals
from aiqu_desktop.reports.evidence import evidence_json
from aiqu_desktop.reports.glyphs import coverage
from aiqu_desktop.reports.legible import legible, printable_copy
from aiqu_desktop.reports.render import MONO_FONT, TEXT_FONTS
from aiqu_desktop.reports.series import Quantity
from aiqu_desktop.reports.tables import release_rows
from tests.reports import samples

FONTS = resources() / "fonts"
INTER = coverage(FONTS / TEXT_FONTS[0])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.00"), (12.345, "12.3"), (1234.5, "1 234"), (0.000_42, "0.000420"), (-3.2, "−3.20"),
        (1.2e-7, "1.20e−7"), (4.56e9, "4.56e9"), (float("inf"), "∞"), (float("nan"), "–"), (None, "–"),
    ],
)  # fmt: skip
def test_numbers_have_three_significant_digits(value: float | None, text: str) -> None:
    assert numerals.number(value).replace("\u202f", " ") == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (1.84, "1.8 s"), (41, "41 s"), (59.7, "60 s"), (125, "2 min"), (7_500, "2 h 05 min"), (3_600, "1 h"),
        (273_600, "3 d 4 h"), (86_400 * 3, "3 d"), (86_400 * 40, "40 d"), (-90, "−2 min"),
    ],
)  # fmt: skip
def test_durations_have_their_two_largest_parts(seconds: float, text: str) -> None:
    assert numerals.duration(timedelta(seconds=seconds)).replace("\u202f", " ") == text


def test_shares_intervals_and_probabilities() -> None:
    assert numerals.percent(0.914) == "91.4\u202f%"
    assert numerals.interval(0.897, 0.929, samples.ACCURACY) == "89.7 to 92.9\u202f%"
    assert numerals.interval(1.5, 2.25, Quantity("error", "mm/s")) == "1.50 to 2.25\u202fmm/s"
    assert numerals.interval(None, 0.9, samples.ACCURACY) == ""
    assert [numerals.probability(p) for p in (1e-9, 0.0032, 0.041, 0.5, None)] == [
        "<\u202f0.0001", "0.0032", "0.041", "0.50", "–",
    ]  # fmt: skip


def test_instants_are_in_utc_whatever_zone_they_came_in() -> None:
    local = datetime.fromisoformat("2008-03-04T15:05:00+01:00")
    assert numerals.instant(local) == "2008-03-04 14:05 UTC"
    assert numerals.period(samples.START, samples.END) == "2008-01-01 to 2009-07-01"
    assert numerals.period(samples.START, local) == "2008-01-01 00:00 UTC to 2008-03-04 14:05 UTC"


@given(st.text())
def test_legible_text_has_only_letters_that_the_font_has(text: str) -> None:
    assert all(ord(c) in INTER for c in legible(text, INTER))


def test_foreign_and_hidden_characters_are_spelled_out_and_others_kept() -> None:
    assert legible("Västerås µm² → 5 °C", INTER) == "Västerås µm² → 5 °C"
    assert legible("e\u0301", INTER) == "é"
    assert legible("a\u202eb", INTER) == "a‹U+202E›b"
    assert legible("火", INTER) == "‹U+706B›"
    assert legible("one\r\n two", INTER) == "one   two"


def test_a_printable_copy_leaves_the_report_itself_alone() -> None:
    report = samples.hostile_report("火")
    copy = printable_copy(report, INTER)
    assert copy.alarms[0].message == "‹U+706B›" and report.alarms[0].message == "火"
    assert copy.verdict.state is report.verdict.state and copy.performance[0].points == report.performance[0].points


@pytest.mark.parametrize("name", [*TEXT_FONTS, MONO_FONT])
def test_every_font_covers_what_the_product_writes(name: str) -> None:
    letters = "ABCXYZabcxyzÅÄÖåäöéü0123456789 .,:;%±–…→<>()[]{}/\\_-+=#&@'\"²µ°Ω"
    assert {c for c in letters if ord(c) not in coverage(FONTS / name)} == set()
    assert 0x4E2D not in coverage(FONTS / name)


def test_figures_in_a_column_are_equally_wide() -> None:
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
    source = """
        #let width(figures, kind) = measure(text(font: "Inter", number-width: kind, figures)).width
        #context {
          assert.eq(width("111.11", "tabular"), width("000.00", "tabular"))
          assert.ne(width("111.11", "proportional"), width("000.00", "proportional"))
        }"""
    assert typst.compile(source.encode(), font_paths=fonts)


def test_each_font_family_has_its_licence_beside_it() -> None:
    for licence in ("Inter-OFL.txt", "JetBrainsMono-OFL.txt"):
        assert "SIL Open Font License, Version 1.1" in (FONTS / licence).read_text(encoding="utf-8")
    assert sum(f.stat().st_size for f in FONTS.iterdir()) < 4_000_000


def test_a_file_that_is_no_font_is_named() -> None:
    with pytest.raises(EnvironmentFault, match="Inter-OFL"):
        coverage(FONTS / "Inter-OFL.txt")


def test_the_evidence_keeps_names_instants_and_durations_and_no_infinite_number() -> None:
    report = samples.hostile_report("火 \ud800 \u202e")
    told = json.loads(evidence_json(report, samples.MADE_AT))
    assert told["format"] == "aiqu-model-report-1" and told["made_at"] == "2009-07-01T06:00:00Z"
    assert told["report"]["title"]["owner"] == "火 \ud800 \u202e"
    assert told["report"]["responses"][1]["rollback"] == 1.84
    assert told["report"]["releases"][3]["kind"] == "rollback"
    assert evidence_json(report, samples.MADE_AT) == evidence_json(report, samples.MADE_AT)


def test_a_release_tells_who_approved_it_and_which_failed_gates_it_went_against() -> None:
    (ordinary, *_) = samples.releases()
    plain = json.dumps(release_rows((replace(ordinary, approved_by="Karin Lindqvist"),)), ensure_ascii=False)
    assert "approved by Karin Lindqvist" in plain and "OVERRIDE" not in plain
    against = json.dumps(release_rows((replace(ordinary, overridden=("Age of reference",)),)), ensure_ascii=False)
    assert "OVERRIDE of failed gates: Age of reference" in against
