"""Gates about the version itself: its files, its inputs, its golden cases here, and its figures on paper."""

from __future__ import annotations

from typing import Any

from aiqu_desktop.bundles.card import higher_is_better
from aiqu_desktop.bundles.schema_rules import difference
from aiqu_desktop.core.errors import AiquError, EnvironmentFault
from aiqu_desktop.inference import GoldenCases, OnnxModel
from aiqu_desktop.lifecycle.facts import VersionFacts
from aiqu_desktop.lifecycle.gates.figures import estimate, failing, metric_name
from aiqu_desktop.lifecycle.gates.gate import GateResult
from aiqu_desktop.lifecycle.policy.settings import PaperRules
from aiqu_desktop.line.protocol import GOLDEN_FILE, MODEL_FILE
from aiqu_desktop.registry import ArtifactStore


def files_intact(store: ArtifactStore, version: VersionFacts) -> GateResult:
    """Every file of the version is in the store with the digest that was imported."""
    title, evidence = "Files as imported", {"digest": version.digest, "files": dict(version.files)}
    try:
        size = sum(len(store.get(sha256)) for sha256 in version.files.values())
    except EnvironmentFault as error:
        return GateResult("artifact", title, False, str(error), evidence)
    finding = (
        f"All {len(version.files)} files of version {version.number} ({size:,} bytes) have the digests of their import."
    )
    return GateResult("artifact", title, True, finding, evidence)


def schema_fits(version: VersionFacts, champion: VersionFacts | None) -> GateResult:
    """The version takes and gives what the champion does."""
    title, count = "Same inputs and outputs", len(version.schema.features)
    if champion is None:
        finding = f"There is no champion to compare with; version {version.number} takes {count} features."
        return GateResult("schema", title, True, finding, {"features": count})
    odd = difference(champion.schema, version.schema)
    if odd:
        finding = f"Version {version.number} does not fit the inputs of version {champion.number}: {odd}."
        return GateResult("schema", title, False, finding, {"features": count, "difference": odd})
    finding = f"Version {version.number} takes the same {count} features as version {champion.number}."
    return GateResult("schema", title, True, finding, {"features": count, "difference": ""})


def golden_cases_pass(store: ArtifactStore, version: VersionFacts) -> GateResult:
    """The version answers its golden cases on this machine, now."""
    title = "Golden cases on this machine"
    try:
        model = OnnxModel.from_bytes(store.get(version.files[MODEL_FILE]), version.schema)
        cases = GoldenCases.from_bytes(store.get(version.files[GOLDEN_FILE]))
        result = cases.run(model)
    except AiquError as error:
        return GateResult("golden", title, False, f"The golden cases could not be asked: {error}", {})
    evidence = {"passed": result.passed, "total": result.total, "tolerance": cases.tolerance}
    if result.ok:
        finding = f"All {result.total} golden cases pass, within {cases.tolerance:g}."
        return GateResult("golden", title, True, finding, evidence)
    failed = result.total - result.passed
    finding = f"{failed} of {result.total} golden cases fail: {result.failures[0]}"
    return GateResult("golden", title, False, finding, evidence)


def not_worse_on_paper(
    version: VersionFacts, champion: VersionFacts | None, metric: str, rules: PaperRules, *, decides: bool
) -> GateResult:
    """The primary metric on the version's card is not worse than on the champion's card by more than a margin.

    The two were measured by their authors on different rows: `decides` says whether that is all there is. Otherwise
    data of the site decide, and this is advice.
    """
    title, mine = f"{metric_name(metric)} on paper", version.metrics.get(metric)
    if mine is None:
        finding = f"The card of version {version.number} gives no {metric}, by which its model is judged."
        return GateResult("metrics", title, False, finding, {})
    said = f"version {version.number}: {metric_name(metric)} {estimate(mine.to_json())}"
    evidence: dict[str, Any] = {"metric": metric, "candidate": mine.to_json(), "decides": decides}
    if champion is None:
        finding = f"There is no champion to compare with; {said}."
        return GateResult("metrics", title, True, finding, evidence, overridable=True)
    theirs = champion.metrics[metric]
    margin = rules.allowed(metric, theirs.value)
    worse_by = theirs.value - mine.value if higher_is_better(metric) else mine.value - theirs.value
    passed = worse_by <= margin
    verdict = "no more than" if passed else "more than"
    finding = f"V{said[1:]}; version {champion.number}: {estimate(theirs.to_json())}; " + (
        f"worse by {worse_by:.3g}, {verdict} the {margin:.3g} allowed." if worse_by > 0 else "not worse."
    )
    evidence |= {"champion": theirs.to_json(), "margin": margin}
    outcome = True if passed else failing(rules.mode) if decides else None
    return GateResult("metrics", title, outcome, finding, evidence, overridable=True)
