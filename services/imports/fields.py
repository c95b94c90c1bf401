"""Reading single fields of a line: each as what it is meant to be, or as nothing where it is something else."""

from __future__ import annotations

from typing import Any

from domain.agreements.imported_events import NamedParty
from services.imports.format import Line, nfc, to_json


def words_of(line: Line, name: str) -> str | None:
    """A field's text; None where it is absent, empty or no text."""
    value = line.says.get(name)
    return nfc(value) if isinstance(value, str) and value else None


def is_count(value: Any) -> bool:
    """Whether it is a whole number that every JSON reader holds exactly."""
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53


def as_text(value: Any) -> str | None:
    """A field's text: as it stands, or as JSON where the source holds something else."""
    if value is None:
        return None
    return nfc(value) if isinstance(value, str) else to_json(value)


def named(role: str, value: Any) -> tuple[NamedParty, ...]:
    """Those whom a list names, or a mapping of teams to lists; anything else names nobody."""
    if isinstance(value, list):
        return tuple(NamedParty(nfc(name), role) for name in value if isinstance(name, str) and name.strip())
    if isinstance(value, dict):
        return tuple(
            NamedParty(nfc(name), role, nfc(team))
            for team, names in value.items()
            for name in (names if isinstance(names, list) else [names])
            if isinstance(name, str) and name.strip()
        )
    return ()


def side(role: str, value: Any) -> tuple[NamedParty, ...]:
    """Those whom a field of a commitment names: as `named`, or one name alone."""
    return named(role, [value] if isinstance(value, str) else value)
