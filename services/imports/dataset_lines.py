"""What a line says that belongs to its dataset as a whole."""

from __future__ import annotations

from typing import Any

from domain.agreements import imported_events as e
from services.imports.format import Line, nfc
from services.imports.writing import everything

HEADER = "dataset.header"
NO_DATASET = "unnamed"
"""The name of a dataset that does not introduce itself."""


def dataset_said(line: Line, name: str) -> tuple[type[e.ImportedDatasetFact], dict[str, Any]]:
    """What a line says of the dataset of that name, as a fact and its content."""
    fact: type[e.ImportedDatasetFact] = e.ImportedDatasetAnnotated
    if line.record == HEADER:
        fact = e.ImportedDatasetDescribed
    content = {"name": name, "line_id": line.id, "record": line.record, "at": line.at, "said_by": line.actor}
    return fact, content | {"rest": everything(line, fact, content)}


def dataset_name(line: Line) -> str:
    """The name under which a header introduces its dataset."""
    name = line.says.get("name")
    return nfc(name) if isinstance(name, str) and name.strip() else NO_DATASET
