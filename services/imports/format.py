"""The format of a history, version 1: what a line says, read into facts, and a fact written back as its line.

Reading and writing are one another's reverse by construction: what writing a fact would not give
back as it came is kept in its `rest`. Only `seq`, the line's place in its file, is not kept.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn
from uuid import UUID

from domain.agreements import imported_events as e
from domain.agreements.imported import (
    END_WORDS,
    Said,
    imported_agreement_id,
    imported_person_id,
    imported_term_id,
)
from domain.agreements.imported_events import ImportedFact, NamedParty, StatedField
from domain.values import MOST_CODE_POINTS

MOST_LEVELS = 100
"""How deeply a line's JSON may be nested."""

FAMILIES = frozenset({"dataset", "reference", "agreement", "commitment", "update", "progress", "approval", "extension"})
"""The families of record types; of each, types that are not known become annotations."""

NO_DATASET = "unnamed"
"""The name of a dataset that does not introduce itself."""

_TYPE = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)+", re.ASCII)
_SUSPECT = re.compile(rb"\\u(0000|[dD][89a-fA-F])")
_NOT_KEPT = frozenset({"seq"})


class Broken(Exception):
    """A line that cannot be taken in; says why in a sentence."""


@dataclass(frozen=True)
class Line:
    """A line that is well formed: who, what and when, and everything that it holds.

    `content_hash` is the SHA-256 of all of it but its place in the file, in hex.
    """

    id: str
    record: str
    at: str
    happened_at: datetime
    agreement: str | None
    commitment: str | None
    actor: str | None
    says: Mapping[str, Any]
    content_hash: str

    @property
    def family(self) -> str:
        """The part of the type before the first dot."""
        return self.record.partition(".")[0]

    @property
    def deferred(self) -> bool:
        """Whether it speaks of a commitment rather than of an agreement."""
        if self.family == "commitment":
            return True
        if self.commitment is None:
            return False
        return self.family in ("approval", "extension") or (
            self.family in ("update", "progress") and self.agreement is None
        )

    @property
    def of_dataset(self) -> bool:
        """Whether it belongs to the dataset as a whole."""
        return self.family in ("dataset", "reference")


# Reading ------------------------------------------------------------------------------------------


def read_line(raw: bytes) -> Line:
    """A line as it was meant; raises Broken when it cannot be taken in."""
    says = _object(raw)
    line_id = _text_of(says, "id")
    record = _text_of(says, "type")
    if _TYPE.fullmatch(record) is None:
        raise Broken("Its type is not a word of the format.")
    if record.partition(".")[0] not in FAMILIES:
        raise Broken(f"There is no kind of record called {record[:80]}.")
    at = _instant(says, "at")
    happened_at = at if says.get("effective_at") is None else _instant(says, "effective_at")
    line = Line(
        id=line_id,
        record=record,
        at=says["at"],
        happened_at=happened_at,
        agreement=_optional(says, "agreement_id"),
        commitment=_optional(says, "commitment_id"),
        actor=_optional(says, "actor"),
        says=says,
        content_hash=_content_hash(says),
    )
    if line.agreement is None and not line.deferred and not line.of_dataset:
        raise Broken("It names no agreement.")
    return line


def _object(raw: bytes) -> dict[str, Any]:
    if not raw.strip():
        raise Broken("It is empty.")
    try:
        decoded = raw.decode()
    except UnicodeDecodeError:
        raise Broken("It is not UTF-8.") from None
    try:
        says = json.loads(decoded, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Broken("It is not JSON.") from None
    if not isinstance(says, dict):
        raise Broken("It is not a JSON object.")
    if raw.count(b"{") + raw.count(b"[") > MOST_LEVELS and not _shallow(says):
        raise Broken(f"It is nested more than {MOST_LEVELS} levels deep.")
    if len(decoded) > MOST_CODE_POINTS or _SUSPECT.search(raw):
        for words in _strings(says):
            _check_text(words)
    return says


def _content_hash(says: Mapping[str, Any]) -> str:
    try:
        content = _json({name: value for name, value in says.items() if name not in _NOT_KEPT})
    except ValueError:
        raise Broken("It holds a number that is too large.") from None
    return hashlib.sha256(content.encode()).hexdigest()


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _shallow(says: Any) -> bool:
    level = [says]
    for _ in range(MOST_LEVELS):
        level = [inner for value in level for inner in _inside(value)]
        if not level:
            return True
    return False


def _inside(value: Any) -> Iterable[Any]:
    held = value.values() if isinstance(value, dict) else value
    return [inner for inner in held if isinstance(inner, dict | list)]


def _strings(says: Any) -> Iterable[str]:
    left = [says]
    while left:
        value = left.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            left.extend(value.keys())
            left.extend(value.values())
        elif isinstance(value, list):
            left.extend(value)


def _check_text(words: str) -> None:
    if len(words) > MOST_CODE_POINTS:
        raise Broken(f"It holds a text of {len(words):,} characters; at most {MOST_CODE_POINTS:,} fit.")
    if "\x00" in words:
        raise Broken("It holds a NUL character, which is not text.")
    if any(0xD800 <= ord(c) <= 0xDFFF for c in words):
        raise Broken("It holds half a character (a lone surrogate).")


def _text_of(says: Mapping[str, Any], name: str) -> str:
    value = says.get(name)
    if value is None:
        raise Broken(f"It has no {name}.")
    if not isinstance(value, str):
        raise Broken(f"Its {name} is not a text.")
    if not value.strip():
        raise Broken(f"Its {name} is blank.")
    return _nfc(value)


def _optional(says: Mapping[str, Any], name: str) -> str | None:
    value = says.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise Broken(f"Its {name} is not a text.")
    return _nfc(value) if value.strip() else None


def _instant(says: Mapping[str, Any], name: str) -> datetime:
    value = _text_of(says, name)
    try:
        instant = datetime.fromisoformat(value)
        return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Broken(f"Its {name} is not an instant in ISO 8601.") from None


def _nfc(words: str) -> str:
    return words if words.isascii() else unicodedata.normalize("NFC", words)


_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode


# What a line says of an agreement -----------------------------------------------------------------


def agreement_said(line: Line, organisation_id: UUID) -> Said:
    """What a line says of its agreement, as a fact and its content."""
    if line.agreement is None:
        raise ValueError("this line names no agreement")
    read = _READERS.get(line.record, _other)
    if read is _other and line.record.partition(".")[2] in END_WORDS and line.family == "agreement":
        read = _ended
    fact, own = read(line, organisation_id)
    common = {
        "external_id": line.agreement,
        "line_id": line.id,
        "record": line.record,
        "at": line.at,
        "said_by": line.actor,
    }
    if fact is e.ImportedAnnotated:
        return Said(fact, common | own | {"rest": _everything(line)}, lambda: _everything(line))
    written = _written(line.record, common, own)
    rest = {k: v for k, v in line.says.items() if k not in _NOT_KEPT and not (k in written and written[k] == v)}
    return Said(fact, common | own | {"rest": _json(rest)}, lambda: _everything(line))


def dataset_said(line: Line, name: str) -> tuple[type[e.ImportedDatasetFact], dict[str, Any]]:
    """What a line says that belongs to its dataset as a whole."""
    fact: type[e.ImportedDatasetFact] = e.ImportedDatasetAnnotated
    if line.record == "dataset.header":
        fact = e.ImportedDatasetDescribed
    return fact, {
        "name": name,
        "line_id": line.id,
        "record": line.record,
        "at": line.at,
        "said_by": line.actor,
        "rest": _everything(line),
    }


def dataset_name(line: Line) -> str:
    """The name under which a header introduces its dataset."""
    name = line.says.get("name")
    return _nfc(name) if isinstance(name, str) and name.strip() else NO_DATASET


def people_named(line: Line, said: Said | None, organisation_id: UUID) -> dict[UUID, str]:
    """Whom a line makes known: who acted, and every handle (`@alice`) among the parties."""
    names = [line.actor] if line.actor is not None else []
    if said is not None:
        parties = [*said.content.get("parties", ()), *_party_tuple(said, "new"), *_party_tuple(said, "old")]
        names += [p.name for p in parties if p.name.startswith("@")]
    return {imported_person_id(organisation_id, name): name for name in names}


def _party_tuple(said: Said, name: str) -> tuple[NamedParty, ...]:
    if said.fact is not e.ImportedPartiesChanged:
        return ()
    found: tuple[NamedParty, ...] = said.content[name]
    return found


def _everything(line: Line) -> str:
    said = {"id": line.id, "type": line.record, "at": line.at, "actor": line.actor}
    if not line.of_dataset:
        said["agreement_id"] = line.agreement
    # What is written with each fact need not be kept a second time; what is null there is not written.
    return _json({k: v for k, v in line.says.items() if k not in _NOT_KEPT and (v is None or said.get(k) != v)})


_Own = tuple[type[ImportedFact], dict[str, Any]]
_INCOMPLETE: _Own = (e.ImportedAnnotated, {"why": "incomplete"})


def _proposed(line: Line, _: UUID) -> _Own:
    return e.ImportedProposed, {
        "title": _words(line, "title"),
        "status": _words(line, "status"),
        "parties": _parties(line.says.get("parties")),
        "fields": _fields(line.says.get("terms")),
    }


def _accepted(line: Line, _: UUID) -> _Own:
    return e.ImportedAccepted, {"status": _words(line, "status")}


def _ended(line: Line, _: UUID) -> _Own:
    return e.ImportedEnded, {"word": line.record.partition(".")[2], "status": _words(line, "status")}


def _reopened(line: Line, _: UUID) -> _Own:
    return e.ImportedReopened, {"status": _words(line, "status")}


def _term_changed(line: Line, organisation_id: UUID) -> _Own:
    field = _words(line, "field")
    if field is None or line.agreement is None:
        return _INCOMPLETE
    return e.ImportedTermChanged, {
        "term_id": imported_term_id(imported_agreement_id(organisation_id, line.agreement), field),
        "field": field,
        "old": _as_text(line.says.get("old")),
        "new": _as_text(line.says.get("new")),
    }


def _parties_changed(line: Line, _: UUID) -> _Own:
    field = _words(line, "field")
    role = _words(line, "role")
    known_as = role or field
    if known_as is None:
        return _INCOMPLETE
    return e.ImportedPartiesChanged, {
        "role": role,
        "field": field,
        "old": _named(known_as, line.says.get("old")),
        "new": _named(known_as, line.says.get("new")),
    }


def _relocated(line: Line, _: UUID) -> _Own:
    return e.ImportedRelocated, {"old": _words(line, "old"), "new": _words(line, "new")}


def _carried_over(line: Line, organisation_id: UUID) -> _Own:
    to = _words(line, "to_agreement_id")
    if to is None:
        return _INCOMPLETE
    return e.ImportedCarriedOver, {"to_id": imported_agreement_id(organisation_id, to), "to_external_id": to}


def _outcome(_: Line, __: UUID) -> _Own:
    return e.ImportedAnnotated, {"why": "outcome"}


def _update_given(line: Line, _: UUID) -> _Own:
    words = line.says.get("text")
    if not isinstance(words, str):
        return _INCOMPLETE
    return e.ImportedUpdateGiven, {
        "text": _nfc(words),
        "kind": _words(line, "kind"),
        "text_format": _words(line, "text_format"),
    }


def _progress_reported(line: Line, _: UUID) -> _Own:
    steps, of_steps = line.says.get("value"), line.says.get("max")
    if not _is_count(steps) or not _is_count(of_steps):
        return _INCOMPLETE
    return e.ImportedProgressReported, {"steps": steps, "of_steps": of_steps}


def _other(_: Line, __: UUID) -> _Own:
    return e.ImportedAnnotated, {"why": "other_type"}


_READERS: dict[str, Callable[[Line, UUID], _Own]] = {
    "agreement.proposed": _proposed,
    "agreement.accepted": _accepted,
    "agreement.reopened": _reopened,
    "agreement.term_amended": _term_changed,
    "agreement.term_stated": _term_changed,
    "agreement.party_changed": _parties_changed,
    "agreement.relocated": _relocated,
    "agreement.carried_over": _carried_over,
    "agreement.outcome_reported": _outcome,
    "update.given": _update_given,
    "progress.reported": _progress_reported,
}


def _words(line: Line, name: str) -> str | None:
    value = line.says.get(name)
    return _nfc(value) if isinstance(value, str) and value else None


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53


def _as_text(value: Any) -> str | None:
    """A field's text: as it stands, or as JSON where the source holds something else."""
    if value is None:
        return None
    return _nfc(value) if isinstance(value, str) else _json(value)


def _parties(value: Any) -> tuple[NamedParty, ...]:
    if not isinstance(value, dict):
        return ()
    return tuple(party for role, named in value.items() for party in _named(_nfc(role), named))


def _named(role: str, value: Any) -> tuple[NamedParty, ...]:
    """Those whom a list names, or a mapping of teams to lists; anything else names nobody."""
    if isinstance(value, list):
        return tuple(NamedParty(_nfc(name), role) for name in value if isinstance(name, str) and name.strip())
    if isinstance(value, dict):
        return tuple(
            NamedParty(_nfc(name), role, _nfc(team))
            for team, names in value.items()
            for name in (names if isinstance(names, list) else [names])
            if isinstance(name, str) and name.strip()
        )
    return ()


def _fields(terms: Any) -> tuple[StatedField, ...]:
    """The document's fields under the names that later changes use for them."""
    if not isinstance(terms, dict):
        return ()
    fields: dict[str, str] = {}
    for group, held in terms.items():
        if held is None:
            continue
        if not isinstance(held, dict):
            fields[_nfc(group)] = _as_text(held) or ""
            continue
        prefix = "section:" if group == "sections" else f"{_nfc(group)}."
        fields |= {prefix + _nfc(name): _as_text(value) or "" for name, value in held.items() if value is not None}
    return tuple(StatedField(name, text) for name, text in fields.items())


# Writing ------------------------------------------------------------------------------------------


def write_line(fact: ImportedFact | e.ImportedDatasetFact) -> dict[str, Any]:
    """The line that a fact came from, without its place in the file."""
    rest = json.loads(fact.rest)
    own = {name: getattr(fact, name) for name in _OWN_FIELDS.get(type(fact), ())}
    common = {name: getattr(fact, name) for name in ("line_id", "record", "at", "said_by")}
    common["external_id"] = getattr(fact, "external_id", None)
    line: dict[str, Any] = _written(fact.record, common, own) | rest
    return line


_OWN_FIELDS: dict[type[Any], tuple[str, ...]] = {
    e.ImportedProposed: ("title", "status", "parties", "fields"),
    e.ImportedAccepted: ("status",),
    e.ImportedEnded: ("status",),
    e.ImportedReopened: ("status",),
    e.ImportedTermChanged: ("field", "old", "new"),
    e.ImportedPartiesChanged: ("role", "field", "old", "new"),
    e.ImportedRelocated: ("old", "new"),
    e.ImportedCarriedOver: ("to_external_id",),
    e.ImportedUpdateGiven: ("text", "kind", "text_format"),
    e.ImportedProgressReported: ("steps", "of_steps"),
}
_WRITTEN_AS = {"to_external_id": "to_agreement_id", "steps": "value", "of_steps": "max", "fields": "terms"}


def _written(record: str, common: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a line that a fact gives back by itself; what is None or empty is none."""
    line = {
        "id": common["line_id"],
        "type": record,
        "at": common["at"],
        "agreement_id": common["external_id"],
        "actor": common["said_by"],
    }
    for name, value in own.items():
        if name not in ("term_id", "to_id", "word"):
            line[_WRITTEN_AS.get(name, name)] = _plain(name, value)
    return {k: v for k, v in line.items() if v is not None and v not in ({}, [])}


def _plain(name: str, value: Any) -> Any:
    if name == "fields":
        return _terms_of(value)
    if name == "parties":
        roles = dict.fromkeys(p.role for p in value)
        return {role: _names_of(p for p in value if p.role == role) for role in roles}
    return _names_of(value) if isinstance(value, tuple) else value


def _names_of(parties: Iterable[NamedParty]) -> Any:
    parties = list(parties)
    if not any(p.of is not None for p in parties):
        return [p.name for p in parties]
    teams: dict[str, list[str]] = {}
    for party in parties:
        teams.setdefault(party.of or "", []).append(party.name)
    return teams


def _terms_of(fields: Iterable[StatedField]) -> dict[str, Any]:
    terms: dict[str, Any] = {}
    for field in fields:
        if field.name.startswith("section:"):
            terms.setdefault("sections", {})[field.name.removeprefix("section:")] = field.text
        elif "." in field.name:
            group, _, name = field.name.partition(".")
            held = terms.setdefault(group, {})
            if isinstance(held, dict):
                held[name] = field.text
        else:
            terms[field.name] = field.text
    return terms
