"""Histories that nobody lived: single records, and whole files of the shape that real ones have."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

HEADER: dict[str, Any] = {
    "seq": 0,
    "id": "well-header",
    "type": "dataset.header",
    "at": "2031-01-01T00:00:00Z",
    "name": "village-works",
    "format_version": 1,
    "as_of": "2032-01-01T00:00:00Z",
    "snapshot": {"village/works": "0000000000000000000000000000000000000000"},
    "licence": "CC0",
}
SOURCE = {"repo": "village/works", "commit": "1" * 40, "path": "2031/well.md", "pr": 4}
WELL = "works-2031-well"


def record(kind: str, at: str = "2031-02-01T10:00:00Z", /, **fields: Any) -> dict[str, Any]:
    """One record; it names the well and `@anna` unless it says otherwise, and has an id made of what it says."""
    made = {"type": kind, "at": at, "agreement_id": WELL, "actor": "@anna", "source": SOURCE} | fields
    made = {name: value for name, value in made.items() if value is not ...}
    made.setdefault("id", f"works-{hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()[:16]}")
    return made


def proposed(at: str = "2031-02-01T10:00:00Z", **fields: Any) -> dict[str, Any]:
    """The well is proposed."""
    return record(
        "agreement.proposed",
        at,
        **{
            "title": "A well for the square",
            "status": "Proposed",
            "period": {"name": "2031", "starts_on": "2031-01-01", "ends_on": "2031-12-31"},
            "parties": {"debtors": ["@anna", "@bo"], "creditors": ["water"], "champions": {"water": ["@cai"]}},
            "terms": {"metadata": {"Owners": "anna, bo"}, "sections": {"Scope": "One well.", "Scope/Depth": "12 m"}},
            "due": {"due_at": "2031-12-31T23:59:59Z", "due_basis": "period-end"},
            "inferred_fields": ["parties"],
            **fields,
        },
    )


def amended(field: str = "section:Scope", at: str = "2031-03-01T10:00:00Z", **fields: Any) -> dict[str, Any]:
    """One field of the well changes."""
    return record("agreement.term_amended", at, field=field, **({"old": "One well.", "new": "Two wells."} | fields))


def update(at: str = "2031-04-01T00:00:00Z", **fields: Any) -> dict[str, Any]:
    """Somebody says how the well goes."""
    content = {"kind": "comment", "text": "Half way down.", "text_format": "markdown", "precision": "day"}
    return record("update.given", at, **(content | fields))


def jsonl(*records: dict[str, Any] | str | bytes) -> bytes:
    """The file of these records; what is text or bytes already stands as it is."""
    return b"".join(_line(one) + b"\n" for one in records)


def _line(one: dict[str, Any] | str | bytes) -> bytes:
    if isinstance(one, bytes):
        return one
    return one.encode() if isinstance(one, str) else json.dumps(one, ensure_ascii=False).encode()


async def in_chunks(file: bytes, size: int = 8192) -> AsyncIterator[bytes]:
    """The file in pieces that care for no line's end."""
    for start in range(0, len(file), size):
        yield file[start : start + size]


def village(agreements: int, *, seed: int = 1, changes: int = 12) -> list[dict[str, Any]]:
    """A whole history, sorted by `at`: bursts, ends, resurrections, acts by nobody, commitments, records dated back."""
    dice = random.Random(seed)
    start = datetime(2031, 1, 1, tzinfo=UTC)
    handles = [f"@p{n:03}" for n in range(max(4, agreements // 2))] + ["git-author-0001", "works-blog"]
    records: list[tuple[datetime, dict[str, Any]]] = []

    def tell(at: datetime, kind: str, more: dict[str, Any] | None = None, /, **fields: Any) -> None:
        fields = (more or {}) | fields
        fields = {"actor": dice.choice(handles) if dice.random() < 0.95 else None} | fields
        if dice.random() < 0.05:
            fields["effective_at"] = (at - timedelta(days=dice.randrange(40))).isoformat()
        stamp = at.strftime("%Y-%m-%dT%H:%M:%SZ")
        records.append((at, record(kind, stamp, id=f"v{seed}-{len(records):06}", **fields)))

    for n in range(agreements):
        name = f"works-{seed}-{n:04}"
        at = start + timedelta(minutes=dice.randrange(60 * 24 * 300))
        sections = [f"Part {k}" for k in range(dice.randrange(1, 7))]
        tell(
            at,
            "agreement.proposed",
            agreement_id=name,
            title=f"Work {n}",
            status="Proposed",
            parties={"debtors": dice.sample(handles[:4], 2), "creditors": ["water", "roads"], "champions": {}},
            terms={"metadata": {"Teams": "Water"}, "sections": {s: _words(dice) for s in sections}},
        )
        for _ in range(dice.randrange(changes)):
            at += timedelta(minutes=dice.choice([0, 0, 0, 7, 2_000, 30_000]))
            kind = dice.random()
            if kind < 0.5:
                what: dict[str, Any] = {"new": _words(dice)} if dice.random() < 0.8 else {"new_absent": True}
                tell(at, "agreement.term_amended", agreement_id=name, field=f"section:{dice.choice(sections)}", **what)
            elif kind < 0.6:
                word = dice.choice(["accepted", "accepted", "removed", "reopened", "orphaned", "fulfilled"])
                tell(at, f"agreement.{word}", agreement_id=name, status=word.title())
            elif kind < 0.7:
                tell(at, "agreement.party_changed", agreement_id=name, role="debtors", old=[], new=[handles[0]])
            elif kind < 0.85:
                tell(at, "update.given", agreement_id=name, kind="comment", text=_words(dice), text_format="markdown")
            elif kind < 0.9:
                tell(at, "progress.reported", agreement_id=name, value=dice.randrange(5), max=5)
            else:
                tell(at, *_of_a_commitment(dice, name, handles, at))
    records.sort(key=lambda one: one[0])
    return [HEADER, *({"seq": n} | one for n, (_, one) in enumerate(records, 1))]


LIFE = (
    "commitment.proposed", "commitment.requested", "commitment.promised", "commitment.promised", "commitment.amended",
    "commitment.reassigned", "commitment.due_date_renegotiated", "commitment.due_date_withdrawn",
    "commitment.delivered", "commitment.delivery_claimed", "commitment.confirmed", "commitment.not_delivered",
    "commitment.cancelled", "commitment.reopened", "approval.given", "approval.approver_changed",
    "extension.requested", "extension.decided", "commitment.blessed",
)  # fmt: skip


def _of_a_commitment(
    dice: random.Random, agreement: str, handles: list[str], now: datetime
) -> tuple[str, dict[str, Any]]:
    """Anything that can be said of one of an agreement's three commitments, in any order."""
    due = {"due_at": (now + timedelta(days=dice.randrange(-20, 90))).strftime("%Y-%m-%d"), "due_basis": "stated"}
    if dice.random() < 0.2:
        due = {"due_at": dice.choice([None, "TBD", "31.4"]), "raw": "TBD"}
    said: dict[str, Any] = {"agreement_id": agreement, "commitment_id": f"{agreement}/t{dice.randrange(3)}"}
    kind = dice.choice(LIFE)
    said |= {
        "commitment.proposed": {"text": _words(dice), "debtors": dice.sample(handles[:4], 2), "due": due},
        "commitment.requested": {"text": _words(dice), "level": "task", "creditors": ["water"], "due": due},
        "commitment.promised": {"debtors": [dice.choice(handles[:4])]},
        "commitment.amended": {"changes": [{"field": "text", "new": _words(dice)}]},
        "commitment.reassigned": {"old": [], "new": [dice.choice(handles[:4])]},
        "commitment.due_date_renegotiated": {"new": due},
        "update.given": {"text": _words(dice)},
    }.get(kind, {})
    return kind, said


def _words(dice: random.Random) -> str:
    return " ".join(dice.choice(["dig", "carry", "stone", "water", "🪣", "ö", "by", "noon"]) for _ in range(12))


def shuffled(records: Iterable[dict[str, Any]], seed: int) -> list[dict[str, Any]]:
    """The same records in another order."""
    mixed = list(records)
    random.Random(seed).shuffle(mixed)
    return mixed
