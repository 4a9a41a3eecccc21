"""Bundles: the transferable form of a version, read from a folder and taken into the registry."""

from aiqu_desktop.bundles.card import CardMetric, higher_is_better
from aiqu_desktop.bundles.importer import ImportedVersion, import_bundle
from aiqu_desktop.bundles.manifest import Manifest

__all__ = ["CardMetric", "ImportedVersion", "Manifest", "higher_is_better", "import_bundle"]
