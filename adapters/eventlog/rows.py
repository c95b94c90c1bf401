"""The log's tables in words, and how their rows become records, receipts, sights and standings."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

import orjson

from adapters.eventlog.log import StoredRecord
from services.ports import Answer, Receipt, Sight, Standing

RECORD = "position, stream_id, stream_version, type, header, body"


def record(row: Any) -> StoredRecord:
    """A stored event."""
    return StoredRecord(row[0], UUID(row[1]), row[2], row[3], bytes(row[4]), bytes(row[5]))


def answer_text(answer: Answer) -> str:
    """What a receipt keeps of an answer."""
    return orjson.dumps(asdict(answer), option=orjson.OPT_SORT_KEYS).decode()


def receipt(row: Any) -> Receipt:
    """A receipt from (command_id, request_hash, answer, position)."""
    return Receipt(row[0], row[1], Answer(**orjson.loads(row[2])), row[3])


def sight(row: Any) -> Sight:
    """A sight from (thing_id, person_id, sight, until_position)."""
    return Sight(UUID(row[0]), UUID(row[1]), row[2], row[3])


def standing(row: Any) -> Standing:
    """A standing from (person_id, organisation_id, kind, leader_id, roles, active)."""
    leader = UUID(row[3]) if row[3] else None
    return Standing(UUID(row[0]), UUID(row[1]), row[2], leader, tuple(orjson.loads(row[4])), bool(row[5]))


def sight_values(row: Sight) -> dict[str, Any]:
    """A sight as column values."""
    return {
        "thing_id": str(row.thing_id),
        "person_id": str(row.person_id),
        "sight": row.sight,
        "until_position": row.until_position,
    }


def standing_values(row: Standing) -> dict[str, Any]:
    """A standing as column values."""
    return {
        "person_id": str(row.person_id),
        "organisation_id": str(row.organisation_id),
        "kind": row.kind,
        "leader_id": str(row.leader_id) if row.leader_id else None,
        "roles": orjson.dumps(list(row.roles)).decode(),
        "active": row.active,
    }
