"""Results that took time to compute, kept under the digest of all that went into them: asked twice, computed once.

A key names everything that the result depends on (files, data, settings), so a kept result is never a stale one.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from aiqu_desktop.core.files import canonical_json, sha256_bytes
from aiqu_desktop.registry import Registry
from aiqu_desktop.registry.tables import Measurement
from aiqu_desktop.security import audit

ACTOR = "gates"


def kept(
    registry: Registry,
    kind: str,
    inputs: Mapping[str, Any],
    compute: Callable[[], Mapping[str, Any]],
    *,
    again: bool = False,
) -> dict[str, Any]:
    """The result for these inputs: the kept one, or what `compute` gives, which is kept and audited.

    Args:
        kind, inputs: what the result depends on, all of it; plain values.
        compute: gives plain values, all numbers finite. What it raises is passed on, and nothing is kept.
        again: compute anew although there is a result; the new one counts from then on.
    Raises:
        EnvironmentFault: if the result cannot be kept.
    """
    key = sha256_bytes(canonical_json({"kind": kind, **inputs}))
    if not again:
        with registry.read() as session:
            if (found := _sound(session, key)) is not None:
                return found
    began = time.monotonic()
    packed = canonical_json(compute())
    seconds = time.monotonic() - began
    result: dict[str, Any] = json.loads(packed)
    with registry.write() as session:
        now, sha256 = registry.clock.now(), sha256_bytes(packed)
        session.add(
            Measurement(
                kind=kind, key=key, inputs=dict(inputs), result=result, sha256=sha256, at=now, wall_seconds=seconds
            )
        )
        audit.record(
            session,
            at=now,
            actor=ACTOR,
            action=f"measured.{kind}",
            subject=f"measurement {key[:16]}",
            new={"inputs": dict(inputs), "sha256": sha256},
        )
    return result


def _sound(session: Session, key: str) -> dict[str, Any] | None:
    """The newest result of a key; None where there is none or it is not what was kept."""
    query = select(Measurement).where(Measurement.key == key).order_by(Measurement.id.desc()).limit(1)
    row = session.scalars(query.options(undefer(Measurement.result))).first()
    if row is None or sha256_bytes(canonical_json(row.result)) != row.sha256:
        return None
    return row.result
