"""How a fact becomes bytes: a canonical header, and a body whose personal parts are sealed.

The header is JSON with sorted keys, UTF-8, without spaces; it holds ids, times, the type and
commitments, and no personal text. The body is JSON `{"open": {...}, "sealed": {key id: base64}}`.
Each sealed group is AES-256-GCM under the key of one person or agreement, with the header as
associated data, over a 32-byte salt and the JSON of its fields: it opens in its own row only. The
header's commitment to a group is HMAC-SHA256(salt, that JSON): binding while the key is there,
telling nothing once it is gone.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from adapters.eventlog.log import DamagedRecord, NewRecord, StoredRecord
from adapters.eventlog.merkle import leaf_hash
from adapters.eventlog.registry import Registry
from domain.base import Fact

SALT = 32
NONCE = 12
_CANONICAL = orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z


class Keys(Protocol):
    """Where sealing keys come from, already loaded."""

    def sealing(self, owner: UUID) -> AESGCM:
        """The key to seal with; raises KeyError when there is none."""
        ...

    def opening(self, owner: UUID) -> AESGCM | None:
        """The key to open with, None when it was destroyed."""
        ...


def owners(fact: Fact) -> set[UUID]:
    """Whose keys are needed to write the fact down."""
    return {_owner(whose, fact.actor_id, fact.originator_id) for whose in fact.SEALED.values()}


class Envelope:
    """Writes facts down and reads them back, for one log."""

    def __init__(self, log_id: UUID, registry: Registry, keys: Keys, *, random: Any = os.urandom) -> None:
        self._log = str(log_id)
        self._registry = registry
        self._keys = keys
        self._random = random

    def put_in(self, fact: Fact) -> NewRecord:
        """The record of a fact. Every key it needs must be loaded."""
        entry = self._registry.entry(fact.TOPIC)
        values = vars(fact)
        groups: dict[UUID, dict[str, Any]] = {}
        for name, whose in entry.sealed.items():
            if values[name] is not None:
                groups.setdefault(_owner(whose, fact.actor_id, fact.originator_id), {})[name] = values[name]
        plain = {
            owner: self._random(SALT) + orjson.dumps(fields, option=_CANONICAL) for owner, fields in sorted(groups.items())
        }
        header = orjson.dumps(
            {
                "log": self._log,
                "organisation": fact.organisation_id,
                "stream": fact.originator_id,
                "version": fact.originator_version,
                "type": fact.TOPIC,
                "schema": fact.VERSION,
                "recorded_at": fact.timestamp,
                "effective_at": fact.effective_at,
                "actor": fact.actor_id,
                "command": fact.command_id,
                "keys": [str(owner) for owner in plain],
                "commitments": [hmac.digest(p[:SALT], p[SALT:], hashlib.sha256).hex() for p in plain.values()],
            },
            option=_CANONICAL,
        )
        sealed = {str(owner): self._seal(owner, text, header) for owner, text in plain.items()}
        body = orjson.dumps({"open": {n: values[n] for n in entry.open}, "sealed": sealed}, option=_CANONICAL)
        return NewRecord(fact.originator_id, fact.originator_version, fact.TOPIC, header, body, leaf_hash(header, body))

    def owners_of(self, record: StoredRecord) -> list[UUID]:
        """Whose keys are needed to read the record."""
        return [UUID(k) for k in self._header(record)["keys"]]

    def take_out(self, record: StoredRecord) -> Fact:
        """The fact in a record; raises UnknownFact, NewerFact or DamagedRecord. Every key must be loaded."""
        header = self._header(record)
        entry = self._registry.entry(record.topic)
        if (header["type"], header["stream"], header["version"]) != (
            record.topic,
            str(record.stream_id),
            record.version,
        ):
            raise DamagedRecord(f"the header at position {record.position} is another event's")
        try:
            body = orjson.loads(record.body)
            content: dict[str, Any] = dict.fromkeys(entry.sealed)
            content.update(body["open"])
            for n, (key_id, sealed) in enumerate(body["sealed"].items()):
                content.update(self._unseal(record, header, n, UUID(key_id), sealed))
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
            raise DamagedRecord(f"the body at position {record.position} cannot be read") from error
        envelope = {
            "originator_id": header["stream"],
            "originator_version": header["version"],
            "timestamp": header["recorded_at"],
            "effective_at": header["effective_at"],
            "actor_id": header["actor"],
            "organisation_id": header["organisation"],
            "command_id": header["command"],
        }
        return self._registry.restore(record.topic, header["schema"], envelope, content)

    def _header(self, record: StoredRecord) -> dict[str, Any]:
        try:
            header: dict[str, Any] = orjson.loads(record.header)
        except orjson.JSONDecodeError as error:
            raise DamagedRecord(f"the header at position {record.position} cannot be read") from error
        return header

    def _seal(self, owner: UUID, text: bytes, header: bytes) -> str:
        nonce = self._random(NONCE)
        return base64.b64encode(nonce + self._keys.sealing(owner).encrypt(nonce, text, header)).decode()

    def _unseal(
        self, record: StoredRecord, header: Mapping[str, Any], n: int, owner: UUID, sealed: str
    ) -> dict[str, Any]:
        key = self._keys.opening(owner)
        if key is None:
            entry = self._registry.entry(record.topic)
            return {
                name: entry.erased[name]
                for name, whose in entry.sealed.items()
                if _owner(whose, header["actor"] and UUID(header["actor"]), record.stream_id) == owner
            }
        raw = base64.b64decode(sealed)
        try:
            text = key.decrypt(raw[:NONCE], raw[NONCE:], record.header)
        except InvalidTag as error:
            raise DamagedRecord(f"position {record.position} does not open: header or body was changed") from error
        if header["keys"][n] != str(owner):
            raise DamagedRecord(f"position {record.position} names other keys than it is sealed with")
        if hmac.digest(text[:SALT], text[SALT:], hashlib.sha256).hex() != header["commitments"][n]:
            raise DamagedRecord(f"position {record.position} does not hold what its header commits to")
        fields: dict[str, Any] = orjson.loads(text[SALT:])
        return fields


def _owner(whose: str, actor: UUID | None, stream: UUID) -> UUID:
    return stream if whose == "stream" or actor is None else actor
