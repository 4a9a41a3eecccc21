"""Builds resources/demo: the plant's rows, the model versions trained on them, their measured table and the story.

    python packaging/train_demo_models.py --gas gas_sensor_drift.parquet --ai4i ai4i2020.csv

Without the two files it starts from the rows that resources/demo/plant already holds. Needs the `train` dependency
group. Everything random has a fixed seed: the same inputs and library versions give the same files.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "packaging")]

from demo_training import bundle, plant, story, table  # noqa: E402
from demo_training.documents import CREDITS, readme  # noqa: E402
from demo_training.versions import CLASSIFIER, CONCENTRATION, MACHINE, RECIPES  # noqa: E402


@click.command()
@click.option("--gas", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="gas_sensor_drift.parquet")
@click.option("--ai4i", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="ai4i2020.csv")
@click.option("--out", default=ROOT / "resources" / "demo", type=click.Path(file_okay=False, path_type=Path))
def main(gas: Path | None, ai4i: Path | None, out: Path) -> None:
    """Build the demo's resources."""
    # scikit-learn speaks of its own future; what it does today is pinned in the lock file.
    warnings.filterwarnings("ignore", category=FutureWarning)
    gas_plant = plant.read_gas(gas or out / "plant" / "gas.parquet")
    machine = plant.read_machine(ai4i or out / "plant" / "machine.parquet")
    if gas:
        plant.write(gas_plant.columns, out / "plant" / "gas.parquet")
    if ai4i:
        plant.write(machine.columns, out / "plant" / "machine.parquet")

    tables, notes = [], []
    for model in (CLASSIFIER, CONCENTRATION, MACHINE):
        source = machine if model == MACHINE else gas_plant
        built = []
        for recipe in (item for item in RECIPES if item.model == model):
            made = bundle.build(recipe, source, out / "bundles" / model / f"v{recipe.version}")
            built.append(made)
            outside = table.out_of_range(made, source)
            notes.append(
                f"| {model} v{recipe.version} | {recipe.first}-{recipe.last} | {recipe.available} "
                f"| {made.size / 1024:.0f} | {outside:.2%} |"
            )
            click.echo(notes[-1])
        tables.append(table.monthly(built, source))
        click.echo(tables[-1])
    (out / "README.md").write_text(readme(tables, notes), encoding="utf-8")
    (out / "CREDITS.md").write_text(CREDITS, encoding="utf-8")
    text = json.dumps(story.plan(), indent=2, ensure_ascii=False)
    (out / "story.json").write_text(text + "\n", encoding="utf-8")
    total = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    click.echo(f"{out}: {total / 2**20:.1f} MB")


if __name__ == "__main__":
    main()
