"""The PDF: what it says, what it claims, that it is the same every time, and that no name can break it."""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta
from pathlib import Path

import pytest

from aiqu_desktop.core.errors import EnvironmentFault, UserError
from aiqu_desktop.core.files import sha256_bytes
from aiqu_desktop.core.words import ReleaseKind, ReleaseState
from aiqu_desktop.reports.history import FallbackFacts, ReleaseEntry
from aiqu_desktop.reports.render import render_model_report
from tests.reports import pdf_text, samples
from tests.reports.pdf_text import page_texts, squeezed


@pytest.fixture(scope="module")
def rich() -> bytes:
    return render_model_report(samples.rich_report(), made_at=samples.MADE_AT)


def test_page_one_gives_the_verdict_and_the_figures_with_n_and_interval(rich: bytes) -> None:
    first = page_texts(rich)[0]
    report = samples.rich_report()
    for expected in (
        "Gas classifier", "Warning", report.verdict.sentence, *report.verdict.reasons, "96.2 %", "93.2 to 99.2 %",
        "n = 253", "31 of 128", "limit 85.0 %", "accepted 97.0 %", "2009-07-01 06:00 UTC by Amira Haddad",
    ):  # fmt: skip
        assert squeezed(expected) in first


def test_every_page_names_site_model_period_page_and_audit_head(rich: bytes) -> None:
    pages = page_texts(rich)
    assert 3 <= len(pages) <= 5
    for number, page in enumerate(pages, start=1):
        for expected in (
            "Västerås pilot plant", "Gas classifier", "2008-01-01 to 2009-07-01", f"page {number} of {len(pages)}",
            "audit record 1 284", "3fa91c0de25b",
        ):  # fmt: skip
            assert squeezed(expected) in page


def test_alarms_releases_checks_and_audit_are_told(rich: bytes) -> None:
    text = "".join(page_texts(rich))
    for expected in (
        "Acknowledged by Elin Sand after 3 min: Rolled back", "standing", "Not acknowledged", "v3 → v2",
        "Version 3 calls everything Ethanol since Tuesday", "by Amira Haddad, approved by Karin Lindqvist",
        "golden cases 24 of 24", "Reverted in 2.4 s", "39 h 05 min", "13 104", "Chain verified, whole",
        "aiqu audit verify",
    ):  # fmt: skip
        assert squeezed(expected) in text
    assert "compliant" not in text.lower()


def test_the_file_claims_pdf_a_3a_and_pdf_ua_1(rich: bytes) -> None:
    claims = pdf_text.metadata(rich)
    assert claims["{http://www.aiim.org/pdfa/ns/id/}part"] == "3"
    assert claims["{http://www.aiim.org/pdfa/ns/id/}conformance"] == "A"
    assert claims["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"
    with pdf_text.opened(rich) as document:
        assert bool(document.Root.MarkInfo.Marked)
        assert str(document.Root.Lang) == "en"
        assert "/OutputIntents" in document.Root
        assert bool(document.Root.ViewerPreferences.DisplayDocTitle)
        assert str(document.docinfo["/CreationDate"]).startswith("D:20090701060000")


def test_every_font_is_our_own_and_embedded(rich: bytes) -> None:
    embedded = pdf_text.fonts(rich)
    assert embedded and all(embedded.values())
    assert {name.split("+")[1].split("-")[0] for name in embedded} == {"Inter", "JetBrainsMono"}


def test_headings_tables_and_figures_are_tagged_and_figures_have_words(rich: bytes) -> None:
    assert {"/H1", "/H2", "/Table", "/TH", "/Figure"} <= pdf_text.tags(rich)
    alternatives = pdf_text.figure_alternatives(rich)
    assert any("State: Warning" in words for words in alternatives)
    assert any("Line chart of accuracy" in words and "2 values beyond it" in words for words in alternatives)
    assert any("Heat map" in words for words in alternatives)


def test_the_evidence_is_attached_and_its_digest_printed(rich: bytes) -> None:
    evidence = pdf_text.attachments(rich)["evidence.json"]
    told = json.loads(evidence)
    assert told["report"]["performance"][0]["points"][7]["value"] == 0.811
    assert told["report"]["labels"]["delay_median"] == timedelta(days=3, hours=4).total_seconds()
    assert sha256_bytes(evidence) in "".join(page_texts(rich))


def test_the_same_data_gives_the_same_bytes_and_other_data_others(rich: bytes) -> None:
    report = samples.rich_report()
    assert render_model_report(report, made_at=samples.MADE_AT) == rich
    assert render_model_report(report, made_at=samples.MADE_AT + timedelta(seconds=1)) != rich


def test_an_empty_report_says_plainly_what_is_empty() -> None:
    text = "".join(page_texts(render_model_report(samples.empty_report(), made_at=samples.MADE_AT)))
    for expected in (
        "Unknown", "No metric was computed in this period.", "Drift was not computed in this period.",
        "No alarm in this period.", "No degradation was detected in this period.",
        "No release in this period.", "No card says how the plant works without this model.",
        "No row was found unfit in this period.", "No check was scheduled in this period.", "no audit record",
    ):  # fmt: skip
        assert squeezed(expected) in text


def test_a_stop_and_the_fallback_card_are_told() -> None:
    report = samples.rich_report()
    since = report.title.period_end - timedelta(days=1)
    stop = ReleaseEntry(
        ReleaseKind.STOP, 2, since, ReleaseState.COMPLETED, 2, "Elin Sand", reason="Scrap on line 2", seconds=0.8
    )
    unsure = dataclasses.replace(stop, state=ReleaseState.UNKNOWN, seconds=None)
    resumed = dataclasses.replace(stop, kind=ReleaseKind.RESUME, approved_by="Karin Lindqvist")
    card = FallbackFacts(3, since, "Jonas", (("Without the model", "Sort by hand at station 4."), ("Call", "4711")))
    told = dataclasses.replace(
        report,
        title=dataclasses.replace(report.title, stopped=True),
        releases=(stop, unsure, resumed),
        fallback=card,
    )
    text = "".join(page_texts(render_model_report(told, made_at=samples.MADE_AT)))
    for expected in (
        "v2 → nothing", "seen to answer nothing", "not proven that nothing answered", "stopped → v2",
        "Sort by hand at station 4.", "Card 3, written by Jonas", "is stopped",
    ):  # fmt: skip
        assert squeezed(expected) in text


def test_a_table_of_200_rows_repeats_its_header_and_loses_no_row() -> None:
    pages = page_texts(render_model_report(samples.long_report(200), made_at=samples.MADE_AT))
    header = squeezed("PriorityWhat happenedEstimated onset")
    assert sum(header in page for page in pages) >= 3
    text = "".join(pages)
    for k in range(200):
        assert squeezed(f"Alarm number {k} of the night shift") in text


def test_names_full_of_markup_are_printed_as_they_are() -> None:
    pdf = render_model_report(samples.hostile_report(), made_at=samples.MADE_AT)
    text = "".join(page_texts(pdf))
    assert text.count(squeezed(samples.HOSTILE)) > 20
    with pdf_text.opened(pdf) as document:
        assert samples.HOSTILE in str(document.docinfo["/Title"])


@pytest.mark.parametrize(
    "name",
    [
        "中文 😀",
        "a\x00b\x07",
        "\u202egnp.exe",
        "\ufeff\ue000\U000f0000",
        "\ud800",
        "tab\there\nnew line",
        "",
        "e\u0301 ﬁ ½ №",
    ],
    ids=ascii,
)
def test_names_that_no_font_can_show_do_not_stop_the_report(name: str) -> None:
    pdf = render_model_report(samples.hostile_report(name), made_at=samples.MADE_AT)
    assert json.loads(pdf_text.attachments(pdf)["evidence.json"])["report"]["title"]["title"] == name
    if "中" in name:
        assert "‹U+4E2D›" in "".join(page_texts(pdf))


def test_a_message_longer_than_a_page_is_printed_to_its_end() -> None:
    report = samples.rich_report()
    alarm = dataclasses.replace(report.alarms[0], note="again and again " * 600 + "until the end")
    pdf = render_model_report(dataclasses.replace(report, alarms=(alarm,)), made_at=samples.MADE_AT)
    assert "untiltheend" in "".join(page_texts(pdf))


def test_values_that_are_not_finite_are_no_reason_to_fail() -> None:
    report = samples.rich_report()
    odd = tuple(
        dataclasses.replace(p, value=float("nan"), low=float("-inf"), high=float("inf"))
        for p in report.performance[0].points
    )
    features = tuple(dataclasses.replace(f, effect=float("inf"), p_value=float("nan")) for f in report.top_drifted)
    series = dataclasses.replace(report.performance[0], points=odd)
    drift = dataclasses.replace(
        report.drift, points=tuple(dataclasses.replace(p, share=float("nan")) for p in report.drift.points)
    )
    broken = dataclasses.replace(report, performance=(series,), top_drifted=features, drift=drift)
    text = "".join(page_texts(render_model_report(broken, made_at=samples.MADE_AT)))
    assert "∞" in text and "novalueinthisperiod" in text
    assert "nan%" not in text.lower()


def test_a_period_that_ends_before_it_begins_is_refused_in_one_sentence() -> None:
    report = samples.rich_report()
    title = dataclasses.replace(report.title, period_end=samples.START)
    with pytest.raises(UserError, match="period ends at"):
        render_model_report(dataclasses.replace(report, title=title), made_at=samples.MADE_AT)


def test_a_missing_font_is_said_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIQU_RESOURCES", str(tmp_path))
    with pytest.raises(EnvironmentFault, match=r"Inter-Regular\.ttf cannot be read"):
        render_model_report(samples.rich_report(), made_at=samples.MADE_AT)
