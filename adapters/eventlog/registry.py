"""The allow-list of facts: how each is written down and strictly read back.

A stored type is a short name looked up here, never an import path. What is read is brought up to
the present schema by the fact's upcasters and then validated strictly: a missing field, a field too
many or a wrong type is refused, an unknown type or a newer version as well.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

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


class Entry(NamedTuple):
    """One registered fact."""

    fact: type[Fact]
    open: tuple[str, ...]
    sealed: Mapping[str, str]
    adapter: TypeAdapter[dict[str, Any]]
    erased: Mapping[str, Any]


class Registry:
    """Facts by topic. Building one checks that every upcaster chain is whole."""

    def __init__(self, facts: Mapping[str, type[Fact]] | None = None) -> None:
        self._entries = {topic: _entry(fact) for topic, fact in (FACTS if facts is None else facts).items()}

    def entry(self, topic: str) -> Entry:
        """The entry of a topic; raises UnknownFact."""
        try:
            return self._entries[topic]
        except KeyError:
            raise UnknownFact(f"no fact is called {topic!r} here") from None

    def topics(self) -> list[str]:
        """All registered topics, sorted."""
        return sorted(self._entries)

    def restore(self, topic: str, schema: int, envelope: Mapping[str, Any], content: dict[str, Any]) -> Fact:
        """The fact from its stored values, upcast and validated; raises UnknownFact, NewerFact or DamagedRecord."""
        entry = self.entry(topic)
        fact = entry.fact
        if schema > fact.VERSION:
            raise NewerFact(f"{topic} was stored with schema {schema}; this program knows {fact.VERSION}")
        for version in range(schema, fact.VERSION):
            getattr(fact, f"upcast_v{version}_v{version + 1}")(content)
        try:
            values = entry.adapter.validate_json(orjson.dumps({**content, **envelope}))
        except ValidationError as error:
            # The values stay out of the message: they may be what somebody wrote.
            wrong = ", ".join(f"{'.'.join(map(str, e['loc']))} ({e['type']})" for e in error.errors()[:5])
            raise DamagedRecord(f"{topic} does not validate: {wrong}") from None
        restored = object.__new__(fact)
        object.__setattr__(restored, "__dict__", values)
        return restored


def _entry(fact: type[Fact]) -> Entry:
    for version in range(1, fact.VERSION):
        if not callable(getattr(fact, f"upcast_v{version}_v{version + 1}", None)):
            raise TypeError(f"{fact.TOPIC} has no upcaster from schema {version} to {version + 1}")
    hints = {name: hint for name, hint in _hints(fact).items() if name in {f.name for f in dataclasses.fields(fact)}}
    for hint in hints.values():
        _forbid_extra(hint)
    make: Any = TypedDict  # its keys are known only at run time
    shape: Any = make(fact.__name__, hints)
    shape.__pydantic_config__ = _STRICT
    unknown = set(fact.SEALED) - set(hints)
    if unknown or not set(fact.SEALED.values()) <= {"actor", "stream"}:
        raise TypeError(f"{fact.TOPIC} seals what it does not have, or with an unknown key")
    content = [name for name in hints if name not in ENVELOPE]
    return Entry(
        fact,
        tuple(name for name in content if name not in fact.SEALED),
        dict(fact.SEALED),
        TypeAdapter(shape),
        {name: fact.ERASED[name] if name in fact.ERASED else _erased(hints[name]) for name in fact.SEALED},
    )


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
