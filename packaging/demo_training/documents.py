"""The texts that travel with the demo's data."""

from __future__ import annotations

CREDITS = """# Credits for the demo's data

Both data sets are licensed under Creative Commons Attribution 4.0 International (CC BY 4.0,
https://creativecommons.org/licenses/by/4.0/). This credit must travel with the data and with models made of them.

## plant/gas.parquet, and the gas-classifier and gas-concentration bundles

Alexander Vergara, Shankar Vembu, Tuba Ayhan, Margaret A. Ryan, Margie L. Homer, Ramón Huerta, "Chemical gas sensor
drift compensation using classifier ensembles", Sensors and Actuators B: Chemical 166-167 (2012) 320-329. Data:
UCI Machine Learning Repository, data set 270, "Gas Sensor Array Drift at Different Concentrations".

What was changed: batches 7 and 10 are left out. The original gives months for each batch and no times: each
measurement got a time drawn evenly over its batch's own months after a shuffle inside the batch with a fixed seed,
because the original files are sorted by gas. The rows are in the order of these times and carry an id. No measured
value was altered.

## plant/machine.parquet, and the machine-failure bundles

Stephan Matzka, "Explainable Artificial Intelligence for Predictive Maintenance Applications", Third International
Conference on Artificial Intelligence for Industries (AI4I 2020), pp. 69-74. Data: UCI Machine Learning Repository,
data set 601, "AI4I 2020 Predictive Maintenance Dataset" (synthetic, made to reflect real industrial data).

What was changed: the rows were shuffled with a fixed seed and got times: the first 3,000 in January and February
2008, the rest evenly from March 2008 to June 2010. Columns were renamed, the five causes of failure and the product
number left out, and the label written as `ok` or `failure`. No measured value was altered.
"""

_README = """# The demo's plant

Real data (see CREDITS.md), thirty months from January 2008 to June 2010, and the model versions that a plant would
have had. `packaging/train_demo_models.py` makes everything here and this page; nothing is edited by hand.

- `plant/gas.parquet`: 6,697 measurements of 16 metal-oxide sensors (128 features), labels `gas` and
  `concentration_ppmv`. Months 5-7, 21 and 25-29 have no measurements.
- `plant/machine.parquet`: 10,000 records of a milling machine, label `Machine_failure`. It does not drift.
- `bundles/<model>/v<N>/`: the versions. `story.json`: what becomes available when, and who does what.

## What was measured

Each version's ONNX file on the rows of each month (1 is January 2008), in [brackets] the months that it was trained
on. Held out: five-fold cross-validation inside the training months on the rows of reference.parquet, with a 95 %
bootstrap interval.

{tables}

How to read it: the sensors age, and versions 1 to 4 lose in later months what they had. gas-classifier v3 is the honest
mistake: trained on month 13 alone, its own held-out figure is above version 2's (the intervals overlap), it wins
months 11 to 13, and it is the worse of the two in the three months that follow.
Nothing was done to make it bad. The settings of versions 2 to 5 are the same; they and the training months were chosen
with the whole record in view, so that the demo tells one clear story, and are no claim about how well drift can be
foreseen.

## Versions

Outside the ranges: share of the values, from the day the version is ready to the end, that lie outside the ranges of
its schema (training range widened by half on both sides; for the machine, what it can physically show).

| version | trained on months | ready | ONNX, kB | outside the ranges |
|---|---|---|---|---|
{notes}
"""


def readme(tables: list[str], notes: list[str]) -> str:
    """README.md of resources/demo with what was measured."""
    return _README.format(tables="\n\n".join(tables), notes="\n".join(notes))
