"""Where samples are kept, and how they are written down and read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

import domain.facts  # noqa: F401 - so that every fact is registered
from adapters.eventlog.envelope import Envelope
from adapters.eventlog.log import StoredRecord
from adapters.eventlog.registry import Registry
from domain.base import FACTS, Fact

FOLDER = Path(__file__).parent / "envelopes"
TOPICS = Path(__file__).parent / "topics.txt"
LOG_ID = UUID("00000000-0000-7000-8000-00000000c0de")

OURS: dict[str, type[Fact]] = {topic: fact for topic, fact in sorted(FACTS.items()) if topic.startswith("concord.")}
"""The facts of the product; tests define others, for themselves."""
REGISTRY = Registry(OURS)


def path_of(topic: str, version: int) -> Path:
    """The file of one topic in one schema version."""
    return FOLDER / f"{topic}.v{version}.json"


def listed_topics() -> list[str]:
    """The lines of topics.txt: `topic version`, in the order in which they came."""
    return TOPICS.read_text().splitlines() if TOPICS.exists() else []


class SampleKeys:
    """A key for each id, made from the id; without the keys of those who are `gone`."""

    def __init__(self, gone: frozenset[UUID] = frozenset()) -> None:
        self._gone = gone

    def sealing(self, owner: UUID) -> AESGCM:
        return AESGCM(hashlib.sha256(b"golden key of " + owner.bytes).digest())

    def opening(self, owner: UUID) -> AESGCM | None:
        return None if owner in self._gone else self.sealing(owner)


def random_for(name: str) -> Callable[[int], bytes]:
    """Salts and nonces that are the same each time a sample of this name is written."""
    drawn = 0

    def draw(length: int) -> bytes:
        nonlocal drawn
        drawn += 1
        return hashlib.sha256(f"{name} {drawn}".encode()).digest()[:length]

    return draw


def written(fact: Fact, name: str) -> dict[str, Any]:
    """A sample: the bytes of a fact, and what they must read as."""
    record = Envelope(LOG_ID, REGISTRY, SampleKeys(), random=random_for(name)).put_in(fact)
    owners = frozenset({fact.originator_id, *([fact.actor_id] if fact.actor_id else [])})
    sample = {
        "name": name,
        "stream": str(record.stream_id),
        "version": record.version,
        "header": record.header.decode(),
        "body": record.body.decode(),
        "leaf": record.leaf.hex(),
        "reads": values(fact),
    }
    erased = Envelope(LOG_ID, REGISTRY, SampleKeys(owners)).take_out(stored(record.topic, sample))
    return {**sample, "reads_erased": values(erased)}


def stored(topic: str, sample: dict[str, Any]) -> StoredRecord:
    """The record that a sample is of."""
    header, body = sample["header"].encode(), sample["body"].encode()
    return StoredRecord(1, UUID(sample["stream"]), sample["version"], topic, header, body)


def values(fact: Fact) -> dict[str, Any]:
    """A fact's values as JSON has them."""
    plain: dict[str, Any] = orjson.loads(orjson.dumps(vars(fact), option=orjson.OPT_UTC_Z))
    return plain
