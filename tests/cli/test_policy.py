"""`aiqu policy` and `aiqu holdout`."""

from __future__ import annotations

from pathlib import Path

from aiqu_desktop.lifecycle.policy import Policy, parse_policy, policy_file
from tests.cli.conftest import Aiqu
from tests.factories.bundles import FEATURES, toy_columns, toy_labels, write_parquet
from tests.factories.plant_site import PlantSite

NAMES = tuple(feature.name for feature in FEATURES)


def test_what_show_prints_is_a_policy_file_that_says_the_same(aiqu: Aiqu, site: PlantSite) -> None:
    root, file = site.registry.paths.root, policy_file(site.registry.paths, "toy")
    defaults = aiqu("policy", "show", "toy", "--site", root)
    assert defaults.status == 0 and "the defaults" in defaults.out
    assert parse_policy(defaults.out, "printed", NAMES) == Policy()
    file.write_text(
        '[freeze]\nwindows = ["Mon 05:45-06:15"]\n[holdout]\nworst = 0.9\n[segments]\ncolumns = ["recipe"]\n'
    )
    shown = aiqu("policy", "show", "toy", "--site", root)
    assert parse_policy(shown.out, "printed", NAMES) == parse_policy(file.read_text(), "own", NAMES)
    assert aiqu("policy", "show", "toy", "--site", root, "--json").json["changes"] == [
        "freeze.windows: none → Mon 05:45-06:15",
        "holdout.worst: none → 0.9",
        "segments.columns: none → recipe",
    ]
    record = aiqu("audit", "list", "--text", "policy.changed", "--site", root, "--json").json
    assert len(record) == 1 and "freeze.windows" in record[0]["reason"]


def test_a_faulty_policy_is_shown_as_such_and_bars_promotion(aiqu: Aiqu, site: PlantSite) -> None:
    root = site.registry.paths.root
    policy_file(site.registry.paths, "toy").write_text("[recent]\ndayz = 3\n")
    shown = aiqu("policy", "show", "toy", "--site", root)
    assert shown.status == 1 and "FAULTY" in shown.out and "'dayz'" in shown.out
    checked = aiqu("policy", "check", "toy", "--site", root)
    assert checked.status == 2 and "'dayz'" in checked.said_one_sentence()
    site.import_version(2)
    promoted = aiqu("promote", "toy", "2", "--preview", "--site", root)
    assert promoted.status == 1 and "'dayz'" in promoted.out


def test_a_policy_is_checked_before_it_is_put_in_force(aiqu: Aiqu, site: PlantSite, tmp_path: Path) -> None:
    root, draft = site.registry.paths.root, tmp_path / "draft.toml"
    draft.write_text("[recent]\ndays = 14\n")
    checked = aiqu("policy", "check", "toy", draft, "--site", root)
    assert checked.status == 0 and "recent.days: 28.0 → 14.0" in checked.out
    assert aiqu("policy", "show", "toy", "--site", root, "--json").json["changes"] == []
    assert aiqu("policy", "check", "toy", "--site", root).status == 0, "without a file the defaults hold"
    missing = aiqu("policy", "check", "toy", tmp_path / "none.toml", "--site", root)
    assert missing.status == 2 and "cannot be read" in missing.said_one_sentence()


def test_a_held_out_set_is_set_and_listed(aiqu: Aiqu, site: PlantSite, tmp_path: Path) -> None:
    root = site.registry.paths.root
    assert "has no held-out set" in aiqu("holdout", "show", "toy", "--site", root).out
    columns = toy_columns(100, seed=7)
    file = write_parquet(tmp_path / "kept.parquet", {**columns, "label": toy_labels(columns)})
    done = aiqu("holdout", "set", "toy", file, "--by", "Eva", "--reason", "kept aside", "--site", root)
    assert done.status == 0 and "100 rows" in done.out
    (row,) = aiqu("holdout", "show", "toy", "--site", root, "--json").json
    assert (row["rows"], row["by"], row["reason"]) == (100, "Eva", "kept aside")
    refused = aiqu("holdout", "set", "toy", tmp_path / "none.csv", "--site", root)
    assert refused.status == 2 and "There is no file" in refused.said_one_sentence()
