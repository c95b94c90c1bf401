"""The allow-list of facts: how each is written down and strictly read back.

A stored type is a short name looked up here, never an import path. What is read is brought up to
the present schema by the fact's upcasters and then validated strictly: a missing field, a field too
many or a wrong type is refused, an unknown type or a newer version as well.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeAlias, get_args, get_origin, get_type_hints

import orjson
from pydantic import ConfigDict, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from adapters.eventlog.log import DamagedRecord, NewerFact, UnknownFact
from domain.base import FACTS, Fact

ERASED = "[erased]"
"""What a text reads once the key that sealed it is gone."""

ENVELOPE = (
    "originator_id",
    "originator_version",
    "timestamp",
    "effective_at",
    "actor_id",
    "organisation_id",
    "command_id",
)
"""The fields that stand in the header; all others are the fact's own content."""

_STRICT = ConfigDict(extra="forbid", strict=True)


Kinds: TypeAlias = tuple[str, ...]
BOTH: Kinds = ("actor", "stream")
"""Whose fields a key seals: the actor's, the stream's, or both where the two are one."""


@dataclasses.dataclass(frozen=True)
class Entry:
    """One registered fact: which fields are sealed for whom, and how stored values become the fact again."""

    fact: type[Fact]
    open: tuple[str, ...]
    open_names: frozenset[str]
    sealed: Mapping[str, str]
    adapter: TypeAdapter[dict[str, Any]]
    unsaid: Mapping[Kinds, bytes]
    """The JSON of sealed fields in which nothing was said."""
    erased: Mapping[Kinds, bytes]
    """The JSON of sealed fields whose key is gone."""

    def restore(self, schema: int, pieces: Sequence[bytes]) -> Fact:
        """The fact from JSON objects that together hold its values, upcast and validated.

        Raises NewerFact or DamagedRecord.
        """
        fact = self.fact
        if schema != fact.VERSION:
            pieces = [self._upcast(schema, pieces)]
        try:
            values = self.adapter.validate_json(_joined(pieces))
        except ValidationError as error:
            # The values stay out of the message: they may be what somebody wrote.
            wrong = ", ".join(f"{'.'.join(map(str, e['loc']))} ({e['type']})" for e in error.errors()[:5])
            raise DamagedRecord(f"{fact.TOPIC} does not validate: {wrong}") from None
        restored = object.__new__(fact)
        object.__setattr__(restored, "__dict__", values)
        return restored

    def _upcast(self, schema: int, pieces: Sequence[bytes]) -> bytes:
        topic, newest = self.fact.TOPIC, self.fact.VERSION
        if type(schema) is not int or schema < 1:
            raise DamagedRecord(f"{topic} is stored with a schema that cannot be one")
        if schema > newest:
            raise NewerFact(f"{topic} was stored with schema {schema}; this program knows {newest}")
        state: dict[str, Any] = {}
        for piece in pieces:
            state.update(orjson.loads(piece))
        for version in range(schema, newest):
            try:
                getattr(self.fact, f"upcast_v{version}_v{version + 1}")(state)
            except Exception as error:
                raise DamagedRecord(
                    f"{topic} of schema {version} cannot be brought to {version + 1}: {type(error).__name__}"
                ) from None
        return orjson.dumps(state)


class Registry:
    """Facts by topic. Building one checks that every upcaster chain is whole.

    An entry is made when its fact is first met: to make all at once takes as long as opening the store.
    """

    def __init__(self, facts: Mapping[str, type[Fact]] | None = None) -> None:
        self._facts = dict(FACTS if facts is None else facts)
        self._entries: dict[str, Entry] = {}
        for fact in self._facts.values():
            _check_upcasters(fact)

    def entry(self, topic: str) -> Entry:
        """The entry of a topic; raises UnknownFact, or TypeError for a fact that cannot be written as it is declared.

        A fact whose erased fields could not be read back is refused here, before anything of it is stored.
        """
        entry = self._entries.get(topic)
        if entry is None:
            if topic not in self._facts:
                raise UnknownFact(f"no fact is called {topic!r} here")
            entry = self._entries[topic] = _entry(self._facts[topic])
        return entry

    def topics(self) -> list[str]:
        """All registered topics, sorted."""
        return sorted(self._facts)


def _joined(pieces: Sequence[bytes]) -> bytes:
    """One JSON object with the members of all; none of them is empty."""
    return b"{" + b",".join([piece[1:-1] for piece in pieces if len(piece) > 2]) + b"}"


def _check_upcasters(fact: type[Fact]) -> None:
    for version in range(1, fact.VERSION):
        if not callable(getattr(fact, f"upcast_v{version}_v{version + 1}", None)):
            raise TypeError(f"{fact.TOPIC} has no upcaster from schema {version} to {version + 1}")


@cache
def _entry(fact: type[Fact]) -> Entry:
    names = {f.name for f in dataclasses.fields(fact)}
    hints = {name: hint for name, hint in _hints(fact).items() if name in names}
    for hint in hints.values():
        _forbid_extra(hint)
    content = [name for name in hints if name not in ENVELOPE]
    if not fact.SEALED.keys() <= set(content) or not set(fact.SEALED.values()) <= set(BOTH):
        raise TypeError(f"{fact.TOPIC} seals what it does not have, or with an unknown key")
    if not fact.ERASED.keys() <= fact.SEALED.keys():
        raise TypeError(f"{fact.TOPIC} says what reads erased of a field that is not sealed")

    def by_kinds(values: Mapping[str, Any]) -> dict[Kinds, bytes]:
        return {
            kinds: orjson.dumps({n: v for n, v in values.items() if fact.SEALED[n] in kinds})
            for kinds in (("actor",), ("stream",), BOTH)
        }

    entry = Entry(
        fact,
        tuple(name for name in content if name not in fact.SEALED),
        frozenset(content) - fact.SEALED.keys(),
        dict(fact.SEALED),
        _shape(fact.__name__, hints),
        by_kinds(dict.fromkeys(fact.SEALED)),
        by_kinds({name: fact.ERASED[name] if name in fact.ERASED else _erased(hints[name]) for name in fact.SEALED}),
    )
    _check_erased(entry, {name: hints[name] for name in fact.SEALED})
    return entry


def _check_erased(entry: Entry, hints: Mapping[str, Any]) -> None:
    """Refuses a fact that could not be read any more once a key is gone: before it is stored, not after an erasure."""
    try:
        _shape(f"{entry.fact.__name__}Erased", hints).validate_json(entry.erased[BOTH])
    except ValidationError as error:
        raise TypeError(f"what {entry.fact.TOPIC} reads once a key is gone does not fit its fields: {error}") from None


def _shape(name: str, hints: Mapping[str, Any]) -> TypeAdapter[dict[str, Any]]:
    """What validates an object with exactly these members, none of which may be missing."""
    make: Any = TypedDict  # its keys are known only at run time
    shape: Any = make(name, dict(hints))
    shape.__pydantic_config__ = _STRICT
    adapter: TypeAdapter[dict[str, Any]] = TypeAdapter(shape)
    return adapter


@cache
def _hints(fact: type[Fact]) -> dict[str, Any]:
    return {n: h for n, h in get_type_hints(fact).items() if get_origin(h) is not typing.ClassVar}


def _forbid_extra(hint: Any) -> None:
    if dataclasses.is_dataclass(hint) and isinstance(hint, type) and "__pydantic_config__" not in hint.__dict__:
        hint.__pydantic_config__ = _STRICT  # type: ignore[attr-defined]
        for inner in get_type_hints(hint).values():
            _forbid_extra(inner)
    for inner in get_args(hint):
        _forbid_extra(inner)


def _erased(hint: Any) -> Any:
    """What a sealed field of this type reads when its key is gone."""
    if hint is str:
        return ERASED
    if get_origin(hint) in (typing.Union, types.UnionType):
        return ERASED if str in get_args(hint) else None
    if get_origin(hint) is tuple:
        return ()
    if get_origin(hint) is dict:
        return {}
    raise TypeError(f"say in ERASED what a field of type {hint} reads when its key is gone")
