"""The plan that the demo's driver follows, and what the model cards say in words."""

from __future__ import annotations

from typing import Any

from demo_training.versions import CLASSIFIER, CONCENTRATION, MACHINE, RECIPES

PURPOSE = {
    CLASSIFIER: "tells which of six gases the sensor array smells.",
    CONCENTRATION: "estimates the concentration of the gas, whichever of the six it is, in ppmv.",
    MACHINE: "warns that the milling machine is about to fail.",
}
METHOD = {
    CLASSIFIER: "support vector machine with a Gaussian kernel over 128 features; scores by Platt's sigmoid.",
    CONCENTRATION: "support vector regression of the logarithm with a Gaussian kernel over 128 features.",
    MACHINE: "gradient boosting of 80 trees over the readings and the heat, power and strain made of them.",
}
LIMITS = {
    CLASSIFIER: "metal-oxide sensors age; the answer is only as good as the months it was trained on are like today.",
    CONCENTRATION: "metal-oxide sensors age, and concentrations outside the training months' are extrapolated.",
    MACHINE: "one failure in a few is random by its cause and cannot be foreseen; 3.4 % of the rows are failures.",
}
LABEL_DELAY_DAYS = {CLASSIFIER: 2, CONCENTRATION: 3, MACHINE: 7}


def plan() -> dict[str, Any]:
    """story.json: dates are event time; promotions other than the first and the mistake are the driver's to decide."""
    return {
        "start": "2008-03-01T00:00:00Z",
        "end": "2010-07-04T00:00:00Z",
        "handover": "2009-04-20T06:00:00Z",
        "label_delay_days": LABEL_DELAY_DAYS,
        "people": {
            "operator": "Elin Sandberg",
            "engineer": "Jonas Lindqvist",
            "approver": "Maria Ek",
            "auditor": "Henrik Åberg",
            "administrator": "Karin Holm",
        },
        "models": {model: _model(model) for model in (CLASSIFIER, CONCENTRATION, MACHINE)},
        "mistake": {
            "model": CLASSIFIER,
            "version": 3,
            "at": "2009-02-03T09:20:00Z",
            "by": "Jonas Lindqvist",
            "approved_by": "Maria Ek",
            "reason": (
                "Held-out accuracy is above version 2's and it gets nearly every January sample right; "
                "production wants it live before the February campaign."
            ),
            "what_is_wrong": (
                "It was trained on January 2009 alone: its figures come from a month that it has seen and that had no "
                "toluene; on the next month's sensors it is far worse than version 2."
            ),
            "rollback": {
                "by": "Elin Sandberg",
                "reason": "Wrong gas called on the line since the change; the alarm says the same. Back to version 2.",
            },
        },
        "automatic": {
            "model": CLASSIFIER,
            "at": "2009-01-12T08:00:00Z",
            "countdown_seconds": 7200,
            "at_most": 1,
            "reason": "A wrong gas is dear, and at night nobody watches: two hours to veto, at most once a week.",
        },
        "reasons": {
            CLASSIFIER: "Accuracy alarm on the live version; this one is better on samples that it has not seen.",
            CONCENTRATION: "Concentrations are off by far more than was accepted; this version is closer.",
        },
        "gaps_in_gas_data": [
            {"from": "2008-05-01T00:00:00Z", "to": "2008-08-01T00:00:00Z"},
            {"from": "2009-09-01T00:00:00Z", "to": "2009-10-01T00:00:00Z"},
            {"from": "2010-01-01T00:00:00Z", "to": "2010-06-01T00:00:00Z"},
        ],
    }


def _model(model: str) -> dict[str, Any]:
    versions = [recipe for recipe in RECIPES if recipe.model == model]
    first, later = versions[0], versions[1:]
    return {
        "initial_version": first.version,
        "imports": [{"version": recipe.version, "available": f"{recipe.available}T08:00:00Z"} for recipe in later],
    }
