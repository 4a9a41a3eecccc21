"""A model report as one PDF file, set by Typst with the product's own fonts, offline.

The file claims PDF/A-3a (ISO 19005-3, tagged) and PDF/UA-1 (ISO 14289-1) together, carries its evidence as an
attachment, and is the same byte for byte when it is made again from the same data and instant. Typst refuses to write
what breaks either standard.
"""

from __future__ import annotations

import json
from collections.abc import Set
from datetime import datetime
from functools import cache
from pathlib import Path

import typst

from aiqu_desktop.core.clock import as_utc
from aiqu_desktop.core.errors import EnvironmentFault, UserError
from aiqu_desktop.core.paths import resources
from aiqu_desktop.reports.evidence import evidence_json
from aiqu_desktop.reports.glyphs import coverage
from aiqu_desktop.reports.legible import printable_copy
from aiqu_desktop.reports.model_report import ModelReport
from aiqu_desktop.reports.page_data import page_data

TEXT_FONTS = ("Inter-Regular.ttf", "Inter-Medium.ttf", "Inter-SemiBold.ttf", "Inter-Bold.ttf")
MONO_FONT = "JetBrainsMono-Regular.ttf"


def render_model_report(data: ModelReport, *, made_at: datetime) -> bytes:
    """The PDF of `data`, dated `made_at`.

    Raises:
        UserError: if the period ends before it begins.
        EnvironmentFault: if the template or a font is missing or damaged.
    """
    facts = data.title
    if facts.period_end <= facts.period_start:
        raise UserError(f"The report's period ends at {facts.period_end}, before it begins; give a later end.")
    made_at = as_utc(made_at).replace(microsecond=0)
    evidence = evidence_json(data, made_at)
    page = page_data(printable_copy(data, _printable()), made_at, evidence)
    folder = resources() / "report"
    try:
        return typst.compile(
            folder / "model_report.typ",
            root=folder,
            font_paths=_fonts(resources() / "fonts"),
            sys_inputs={"page": json.dumps(page), "evidence": evidence.decode()},
            pdf_standards=["a-3a", "ua-1"],
            timestamp=made_at,
        )
    except (typst.TypstError, OSError) as error:
        reason = str(error).strip().splitlines()[0]
        raise EnvironmentFault(
            f"The report of {facts.model} could not be set ({reason}); install AiQu Desktop again or report this."
        ) from error


@cache
def _fonts(folder: Path) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])


def _printable() -> Set[int]:
    """What every text font has a glyph for; names are never set in the mono font."""
    folder = resources() / "fonts"
    return frozenset.intersection(*(coverage(folder / name) for name in TEXT_FONTS))
