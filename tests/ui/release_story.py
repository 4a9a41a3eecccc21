"""Made-up previews and outcomes of releases, for the sheet's tests and pictures."""

from __future__ import annotations

from datetime import UTC, datetime

from aiqu_desktop.bundles.card import CardMetric
from aiqu_desktop.core.schema import InputSchema
from aiqu_desktop.core.words import ReleaseKind, ReleaseState, Task, VersionState
from aiqu_desktop.lifecycle.facts import VersionFacts
from aiqu_desktop.lifecycle.gates.gate import GateResult
from aiqu_desktop.lifecycle.preview import Preview
from aiqu_desktop.lifecycle.release import ReleaseOutcome


def facts(number: int, accuracy: float, half: float, state: VersionState, notes: str) -> VersionFacts:
    return VersionFacts(
        version_id=number,
        number=number,
        digest=f"{number}a7c3e91d20b4f6{number}" * 4,
        state=state,
        schema=InputSchema(Task.CLASSIFICATION, ()),
        metrics={
            "accuracy": CardMetric(accuracy, accuracy - half, accuracy + half, 512),
            "balanced_accuracy": CardMetric(accuracy - 0.012, accuracy - 0.012 - half, accuracy - 0.012 + half, 512),
            "log_loss": CardMetric(1.1 - accuracy, 1.06 - accuracy, 1.15 - accuracy, 512),
        },
        author="Sara Nyström, data science",
        notes=notes,
        created_at=datetime(2010, 4, 2, tzinfo=UTC),
        files={},
    )


OLD = facts(2, 0.932, 0.016, VersionState.CHAMPION, "Trained on months 1 to 10.")
NEW = facts(4, 0.971, 0.012, VersionState.CANDIDATE, "Trained on everything up to month 17; six gases.")


FORWARD = ("intended", "laid", "staged", "pointed", "switched", "probed", "proven", "completed")
BACK = ("intended", "laid", "staged", "pointed", "switched", "reverting", "restored", "reverted")


def promotion(*, blocked: bool = False, overridable: bool = False) -> Preview:
    gates = (
        GateResult(
            "artifact",
            "Files as imported",
            True,
            "All 4 files of version 4 (1,204,113 bytes) have the digests of their import.",
            {},
        ),
        GateResult(
            "schema", "Same inputs and outputs", True, "Version 4 takes the same 128 features as version 2.", {}
        ),
        GateResult(
            "golden",
            "Golden cases on this machine",
            not blocked,
            "3 of 24 golden cases fail: case 7 gives Toluene where Ethanol was recorded."
            if blocked
            else "All 24 golden cases pass, within 0.0001.",
            {},
            overridable,
        ),
        GateResult(
            "metrics",
            "accuracy beside the champion's",
            True,
            "Version 4: accuracy 0.971 (95 % 0.959 to 0.983, "
            "n = 512); version 2: 0.932 (95 % 0.916 to 0.948, n = 512); not worse.",
            {},
        ),
        GateResult(
            "data",
            "Data are sound",
            None,
            "31 of 128 features drift at present; the candidate was trained on older data.",
            {},
        ),
    )
    blocking = "3 of 24 golden cases fail: case 7 gives Toluene where Ethanol was recorded." if blocked else ""
    return Preview(
        ReleaseKind.PROMOTION,
        "gas-classifier",
        "accuracy",
        OLD,
        NEW,
        gates,
        blocking,
        "If it disappoints, one person can roll back to version 2 with one reason.",
        4,
        datetime(2026, 3, 11, 23, tzinfo=UTC),
    )


def rollback() -> Preview:
    gates = (
        GateResult(
            "artifact", "Files as imported", True, "All 4 files of version 2 have the digests of their import.", {}
        ),
        GateResult("golden", "Golden cases on this machine", True, "All 24 golden cases pass, within 0.0001.", {}),
    )
    live = facts(3, 0.981, 0.01, VersionState.CHAMPION, "Retrained on December only; smaller and faster.")
    good = facts(2, 0.932, 0.016, VersionState.RETIRED, "Trained on months 1 to 10.")
    return Preview(
        ReleaseKind.ROLLBACK,
        "gas-classifier",
        "accuracy",
        live,
        good,
        gates,
        "",
        "Version 3 is kept as withdrawn; it can be promoted again through its gates.",
        None,
    )


def outcome(preview: Preview, *, done: bool = True) -> ReleaseOutcome:
    assert preview.to_version is not None and preview.from_version is not None
    new, old = preview.to_version, preview.from_version
    live = new if done else old
    refusal = "" if done else "Golden case 7 differed by 0.31 from its recorded score."
    sentence = (
        f"Version {new.number} is live: the line answers with its digest, and 24 of 24 golden cases pass there."
        if done
        else f"The line refused version {new.number}: {refusal.rstrip('.')}; version {old.number} serves again."
    )
    proof = {
        "alive": True,
        "pointed": None,
        "serving": {"digest": live.digest, "version": live.number, "release": "r-0007"},
        "golden": {"passed": 24, "total": 24},
        "refusal": refusal,
    }
    return ReleaseOutcome(
        "r-0007",
        preview.model,
        preview.kind,
        ReleaseState.COMPLETED if done else ReleaseState.REVERTED,
        old.number,
        new.number,
        sentence,
        1.8 if done else None,
        proof,
    )
