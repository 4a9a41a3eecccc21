"""The columns together: a change that no single column shows, such as two sensors that no longer move as one."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from aiqu_desktop.core.errors import UserError
from aiqu_desktop.core.schema import InputSchema
from aiqu_desktop.drift.multivariate import MultivariateReference
from aiqu_desktop.monitoring.accepted import accepted_rows
from aiqu_desktop.registry import Registry

# Fitted once a process and version; a version never changes. None: its reference is too small for one.
_FITTED: WeakKeyDictionary[Registry, dict[int, MultivariateReference | None]] = WeakKeyDictionary()


def joint_reference(registry: Registry, version_id: int, schema: InputSchema) -> MultivariateReference | None:
    """What the features of a version are compared with together; None where its reference has too few rows."""
    fitted = _FITTED.setdefault(registry, {})
    if version_id not in fitted:
        rows = accepted_rows(registry, version_id, schema)
        kinds = {feature.name: feature.kind for feature in schema.features}
        try:
            fitted[version_id] = MultivariateReference.fit({name: rows[name] for name in kinds}, kinds)
        except UserError:
            fitted[version_id] = None
    return fitted[version_id]
