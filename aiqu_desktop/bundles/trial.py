"""Tries a bundle out before it is taken in: the model must load and answer its golden cases on this machine."""

from __future__ import annotations

from aiqu_desktop.bundles import label_free
from aiqu_desktop.bundles.folder import BundleContent
from aiqu_desktop.bundles.manifest import CARD_FILE, GOLDEN_FILE, MODEL_FILE, REFERENCE_FILE
from aiqu_desktop.bundles.reference import profiled_kinds, read_reference
from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.schema import InputSchema
from aiqu_desktop.drift import ReferenceProfile, build_profile
from aiqu_desktop.inference import GoldenCases, GoldenResult, OnnxModel

# A looser bound would let a different model pass for the accepted one.
_LOOSEST_TOLERANCE = 1e-2


def try_out(bundle: BundleContent) -> tuple[GoldenResult, ReferenceProfile]:
    """Parse everything in the bundle, ask its golden cases once, and build its reference profile.

    Raises:
        UserError: if a file is not what its name says, or a golden case fails.
    """
    try:
        bundle.files[CARD_FILE].decode("utf-8")
    except UnicodeDecodeError as error:
        raise UserError("The card card.md is not UTF-8 text; save it as UTF-8 and build the bundle again.") from error
    schema = bundle.manifest.schema
    return _golden(bundle, schema), _profile(bundle, schema)


def _golden(bundle: BundleContent, schema: InputSchema) -> GoldenResult:
    model = OnnxModel.from_bytes(bundle.files[MODEL_FILE], schema)
    cases = GoldenCases.from_bytes(bundle.files[GOLDEN_FILE])
    if cases.tolerance > _LOOSEST_TOLERANCE:
        raise UserError(
            f"The golden cases allow errors of {cases.tolerance:g}, which proves nothing; "
            f"build the bundle with a tolerance of {_LOOSEST_TOLERANCE:g} or less."
        )
    result = cases.run(model)
    if not result.ok:
        raise UserError(
            f"{result.total - result.passed} of {result.total} golden cases fail on this machine "
            f"({result.failures[0].rstrip('.')}); ask the bundle's author."
        )
    return result


def _profile(bundle: BundleContent, schema: InputSchema) -> ReferenceProfile:
    """What the plant's observations are compared with later, and what the labels teach about rows without."""
    reference = read_reference(bundle.files[REFERENCE_FILE], schema)
    kinds = profiled_kinds(schema)
    profile = build_profile({name: reference[name] for name in kinds}, kinds)
    return label_free.keep(profile, label_free.learn(schema, reference))
