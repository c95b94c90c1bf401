"""How a fact becomes bytes: a canonical header, and a body whose personal parts are sealed.

The header is JSON with sorted keys, UTF-8, without spaces; it holds ids, times, the type and
commitments, and no personal text. The body is JSON `{"open": {...}, "sealed": {key id: base64}}`.
Each sealed group is AES-256-GCM under the key of one person or agreement, with the header as
associated data, over a 32-byte salt and the JSON of its fields: it opens in its own row only. The
header's commitment to a group is HMAC-SHA256(salt, that JSON): binding while the key is there,
telling nothing once it is gone. A group in which nothing was said is left out.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Protocol
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from adapters.eventlog.log import DamagedRecord, NewRecord, StoredRecord
from adapters.eventlog.merkle import leaf_hash
from adapters.eventlog.registry import BOTH, Entry, Registry
from domain.base import Fact

SALT = 32
NONCE = 12
_CANONICAL = orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z

Header = Mapping[str, Any]


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


def header_of(record: StoredRecord) -> Header:
    """The header in words; raises DamagedRecord when it cannot be one."""
    try:
        header: Header = orjson.loads(record.header)
        header["keys"]
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise DamagedRecord(f"the header at position {record.position} cannot be read") from error
    return header


def owners_in(header: Header) -> list[UUID]:
    """Whose keys are needed to read the record with this header."""
    try:
        return [uuid_of(key_id) for key_id in header["keys"]]
    except (ValueError, TypeError, AttributeError) as error:
        raise DamagedRecord("a header names a key that cannot be one") from error


class Envelope:
    """Writes facts down and reads them back, for one log."""

    def __init__(
        self, log_id: UUID, registry: Registry, keys: Keys, *, random: Callable[[int], bytes] = os.urandom
    ) -> None:
        self._log = str(log_id)
        self._registry = registry
        self._keys = keys
        self._random = random

    def put_in(self, fact: Fact) -> NewRecord:
        """The record of a fact. Every key it needs must be loaded."""
        entry = self._registry.entry(fact.TOPIC)
        values = vars(fact)
        plain = self._groups(entry, values, fact.actor_id, fact.originator_id)
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
                "keys": list(plain),
                "commitments": [commitment(text) for text in plain.values()],
            },
            option=_CANONICAL,
        )
        sealed = {str(owner): self._seal(owner, text, header) for owner, text in plain.items()}
        body = orjson.dumps({"open": {n: values[n] for n in entry.open}, "sealed": sealed}, option=_CANONICAL)
        return NewRecord(fact.originator_id, fact.originator_version, fact.TOPIC, header, body, leaf_hash(header, body))

    def take_out(self, record: StoredRecord, header: Header | None = None) -> Fact:
        """The fact in a record; raises UnknownFact, NewerFact or DamagedRecord. Every key must be loaded."""
        entry = self._registry.entry(record.topic)
        header = header_of(record) if header is None else header
        try:
            if (
                header["type"] != record.topic
                or header["version"] != record.version
                or header["stream"] != text_of(record.stream_id)
                or header["log"] != self._log
            ):
                raise DamagedRecord(f"the header at position {record.position} is another event's")
            body = orjson.loads(record.body)
            # One JSON object is put together from what is there, and validated once. What the header says
            # comes last, and no open field may pass for a sealed one: the open part is bound by the leaf only.
            schema, said = header["schema"], body["open"]
            if schema == entry.fact.VERSION and said.keys() != entry.open_names:
                raise DamagedRecord(f"the open part at position {record.position} does not have its type's fields")
            pieces = [orjson.dumps(said)]
            if entry.sealed:
                pieces += self._sealed_pieces(entry, record, header, body["sealed"])
            pieces.append(
                orjson.dumps(
                    {
                        "originator_id": header["stream"],
                        "originator_version": header["version"],
                        "timestamp": header["recorded_at"],
                        "effective_at": header["effective_at"],
                        "actor_id": header["actor"],
                        "organisation_id": header["organisation"],
                        "command_id": header["command"],
                    }
                )
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise DamagedRecord(f"the body at position {record.position} cannot be read") from error
        return entry.restore(schema, pieces)

    def open_groups(self, record: StoredRecord) -> dict[UUID, bytes | None]:
        """Each sealed group's salt and JSON, checked against the header's commitments; None once its key is gone.

        Reading a fact does not need that check, because the header is bound to the ciphertext; it is
        for whoever verifies the log, and does not trust who had the keys.
        """
        header = header_of(record)
        opened: dict[UUID, bytes | None] = {}
        for key_id, promised in zip(header["keys"], header["commitments"], strict=True):
            owner = uuid_of(key_id)
            text = self._unseal(record, owner, orjson.loads(record.body)["sealed"][key_id])
            if text is not None and not hmac.compare_digest(commitment(text), promised):
                raise DamagedRecord(f"position {record.position} does not hold what its header commits to")
            opened[owner] = text
        return opened

    def _groups(self, entry: Entry, values: Mapping[str, Any], actor: UUID | None, stream: UUID) -> dict[UUID, bytes]:
        """Salt and JSON of each group, by owner in order of their ids."""
        groups: dict[UUID, dict[str, Any]] = {}
        for name, whose in entry.sealed.items():
            groups.setdefault(_owner(whose, actor, stream), {})[name] = values[name]
        return {
            owner: self._random(SALT) + orjson.dumps(groups[owner], option=_CANONICAL)
            for owner in (sorted(groups) if len(groups) > 1 else groups)
            if any(value is not None for value in groups[owner].values())
        }

    def _sealed_pieces(
        self, entry: Entry, record: StoredRecord, header: Header, sealed: Mapping[str, str]
    ) -> list[bytes]:
        if list(sealed) != header["keys"]:
            raise DamagedRecord(f"position {record.position} names other keys than it is sealed with")
        stream = header["stream"]
        actor = header["actor"] or stream
        pieces = []
        # Every sealed field belongs to one of these; where they are the same one, that one owns both kinds.
        owners = {stream: BOTH} if actor == stream else {actor: ("actor",), stream: ("stream",)}
        for key_id, kinds in owners.items():
            if key_id not in sealed:
                pieces.append(entry.unsaid[kinds])
                continue
            text = self._unseal(record, uuid_of(key_id), sealed[key_id])
            pieces.append(entry.erased[kinds] if text is None else text[SALT:])
        if not owners.keys() >= sealed.keys():
            raise DamagedRecord(f"position {record.position} is sealed for somebody whom it does not concern")
        return pieces

    def _seal(self, owner: UUID, text: bytes, header: bytes) -> str:
        nonce = self._random(NONCE)
        return b2a_base64(nonce + self._keys.sealing(owner).encrypt(nonce, text, header), newline=False).decode()

    def _unseal(self, record: StoredRecord, owner: UUID, sealed: str) -> bytes | None:
        key = self._keys.opening(owner)
        if key is None:
            return None
        raw = a2b_base64(sealed)
        try:
            return key.decrypt(raw[:NONCE], raw[NONCE:], record.header)
        except InvalidTag as error:
            raise DamagedRecord(f"position {record.position} does not open: header or body was changed") from error


def commitment(text: bytes) -> str:
    """What a header says of a group, from the group's salt and JSON."""
    return hmac.digest(text[:SALT], text[SALT:], hashlib.sha256).hex()


@lru_cache(maxsize=16_384)
def uuid_of(text: str) -> UUID:
    """The id; the same few occur again and again, and making one costs as much as opening a seal."""
    return UUID(text)


@lru_cache(maxsize=16_384)
def text_of(id: UUID) -> str:
    """The id as the header writes it."""
    return str(id)


def _owner(whose: str, actor: UUID | None, stream: UUID) -> UUID:
    return stream if whose == "stream" or actor is None else actor
