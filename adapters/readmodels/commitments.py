"""The commitments as rows: their tables and their projection; commitments_list.py and _count.py ask them.

Nothing in a row depends on what time it is: an open commitment says when it will be overdue, and the
question says what time it is. Words are sealed as in the log; ids, states and dates are in clear, and
so is the external id, because it must be found.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from adapters.database import Statement
from adapters.eventlog.envelope import header_of
from adapters.eventlog.log import StoredRecord
from adapters.projection.folder import Folder, by_stream
from adapters.projection.projection import key_type
from adapters.readmodels.instants import NEVER, key_or_none
from adapters.readmodels.sealing import RowSeal
from domain.imbalance.period import ImbalancePeriod
from services.follow_through.card import CommitmentCard, commitment_card
from services.ports import Organisation

NAME, VERSION = "commitments", 4
_PERIODS = "concord.imbalance."
HANDED_ON = ""
"""In place of the state of what was ever handed on: for some who may look at it, it is in the state of then."""
_TOPICS = ("concord.commitment.", "concord.imported_commitment.", _PERIODS)

OrganisationOf = Callable[[UUID], Awaitable[Organisation | None]]
"""Finds an organisation, for its time zone."""

_COLUMNS = (
    "id", "organisation_id", "state", "wording", "level", "used_for", "revision", "due_on", "due_at", "agreement_id",
    "serves", "waiting_on", "external_id", "promised", "outcome_class", "passes_at", "first_due", "sides",
    "answered_in", "confirmed_in", "unanswered", "changes_asked", "cancelled", "attested",
)  # fmt: skip


def _create(suffix: str, dialect: str) -> list[str]:
    key = key_type(dialect)
    return [
        f"""CREATE TABLE commitments{suffix} (
            id {key} PRIMARY KEY, organisation_id {key} NOT NULL, state TEXT NOT NULL, wording TEXT NOT NULL,
            level TEXT NOT NULL, used_for TEXT NOT NULL, revision INTEGER NOT NULL, due_on TEXT, due_at {key},
            agreement_id {key}, serves {key}, waiting_on TEXT NOT NULL, external_id TEXT, promised INTEGER NOT NULL,
            outcome_class TEXT NOT NULL, passes_at {key}, first_due {key}, sides TEXT NOT NULL, answered_in TEXT,
            confirmed_in TEXT, unanswered INTEGER NOT NULL, changes_asked INTEGER NOT NULL,
            cancelled INTEGER NOT NULL, attested TEXT)""",
        f"CREATE INDEX commitments_external{suffix} ON commitments{suffix} (external_id)",
        f"CREATE INDEX commitments_agreement{suffix} ON commitments{suffix} (agreement_id, id)",
        f"CREATE INDEX commitments_serves{suffix} ON commitments{suffix} (serves, id)",
        f"""CREATE TABLE commitment_sides{suffix} (
            who_id {key} NOT NULL, side {key} NOT NULL, commitment_id {key} NOT NULL,
            organisation_id {key} NOT NULL, stands INTEGER NOT NULL, state TEXT NOT NULL, due_key {key} NOT NULL,
            PRIMARY KEY (who_id, side, commitment_id))""",
        f"""CREATE INDEX commitment_sides_due{suffix} ON commitment_sides{suffix}
            (who_id, side, state, due_key, commitment_id)""",
        f"CREATE INDEX commitment_sides_of{suffix} ON commitment_sides{suffix} (commitment_id, side, who_id)",
        f"""CREATE TABLE commitment_waits{suffix} (
            who_id {key} NOT NULL, commitment_id {key} NOT NULL, organisation_id {key} NOT NULL,
            PRIMARY KEY (who_id, commitment_id))""",
        f"CREATE INDEX commitment_waits_of{suffix} ON commitment_waits{suffix} (commitment_id)",
        f"""CREATE TABLE commitment_imbalances{suffix} (
            person_id {key} NOT NULL, period_id {key} NOT NULL, organisation_id {key} NOT NULL,
            from_on {key} NOT NULL, until_on {key},
            PRIMARY KEY (person_id, period_id))""",
        f"CREATE INDEX commitment_imbalances_of{suffix} ON commitment_imbalances{suffix} (period_id)",
    ]


def _drop(suffix: str) -> list[str]:
    return [f"DROP TABLE IF EXISTS {table}{suffix}" for table in TABLES]


TABLES = ("commitments", "commitment_sides", "commitment_waits", "commitment_imbalances")


class CommitmentProjection:
    """Makes each commitment's rows anew from the commitment, once for each batch that touches it."""

    name = NAME
    version = VERSION
    by_stream = True

    def __init__(self, folder: Folder, seal: RowSeal, organisation_of: OrganisationOf) -> None:
        self._folder = folder
        self._seal = seal
        self._organisation_of = organisation_of

    def reads(self, topic: str) -> bool:
        """Everything that is said of a commitment, and of an imbalance period."""
        return topic.startswith(_TOPICS)

    def create(self, suffix: str, dialect: str) -> list[Statement]:
        """The rows, who stands on which side, who is waited for, and who was in an imbalance period when."""
        return [Statement(sql) for sql in _create(suffix, dialect)]

    def drop(self, suffix: str) -> list[Statement]:
        """All of them with their indexes."""
        return [Statement(sql) for sql in _drop(suffix)]

    async def apply(self, records: Sequence[StoredRecord], suffix: str) -> list[Statement]:
        """The rows of each commitment that these records belong to, as it is after them."""
        cards: list[CommitmentCard] = []
        periods: dict[tuple[UUID, UUID], Mapping[UUID, tuple[date, date | None]]] = {}
        streams = [stream for stream in by_stream(records).values() if self._folder.matters(stream)]
        # Each has a key of its own: they are fetched together.
        await self._seal.ensure({stream[0].stream_id for stream in streams})
        for stream in streams:
            # The organisation is asked for first: what is folded is used before anything else is awaited.
            zone = await self._zone(stream[0])
            folded = await self._folder.folded(stream)
            if isinstance(folded.aggregate, ImbalancePeriod):
                periods[folded.aggregate.id, folded.aggregate.organisation_id] = folded.aggregate.active_days(zone)
                continue
            card = commitment_card(folded.aggregate, zone, folded.titled_by)
            if card is not None:
                cards.append(card)
        await self._seal.ensure({card.text_by for card in cards} | {card.id for card in cards if card.imported})
        ids = [{"id": str(card.id)} for card in cards]
        updates = ", ".join(f"{c} = excluded.{c}" for c in _COLUMNS if c not in ("id", "organisation_id"))
        return [
            Statement(
                f"INSERT INTO commitments{suffix} ({', '.join(_COLUMNS)}) VALUES "
                f"({', '.join(f':{c}' for c in _COLUMNS)}) ON CONFLICT (id) DO UPDATE SET {updates}",
                [self._row(card) for card in cards],
            ),
            Statement(f"DELETE FROM commitment_sides{suffix} WHERE commitment_id = :id", ids),
            Statement(
                f"INSERT INTO commitment_sides{suffix} "
                "(who_id, side, commitment_id, organisation_id, stands, state, due_key) "
                "VALUES (:who_id, :side, :commitment_id, :organisation_id, :stands, :state, :due_key)",
                [row for card in cards for row in _sides(card)],
            ),
            Statement(f"DELETE FROM commitment_waits{suffix} WHERE commitment_id = :id", ids),
            Statement(
                f"INSERT INTO commitment_waits{suffix} (who_id, commitment_id, organisation_id) "
                "VALUES (:who_id, :commitment_id, :organisation_id)",
                [
                    {"who_id": who, "commitment_id": str(card.id), "organisation_id": str(card.organisation_id)}
                    for card in cards
                    for who in sorted({str(w.person_id) for w in card.waiting_on})
                ],
            ),
            Statement(
                f"DELETE FROM commitment_imbalances{suffix} WHERE period_id = :id",
                [{"id": str(id)} for id, _ in periods],
            ),
            Statement(
                f"INSERT INTO commitment_imbalances{suffix} (person_id, period_id, organisation_id, from_on, until_on) "
                "VALUES (:person_id, :period_id, :organisation_id, :from_on, :until_on)",
                [row for of, days in periods.items() for row in _days(of, days)],
            ),
        ]

    async def _zone(self, record: StoredRecord) -> ZoneInfo:
        organisation = await self._organisation_of(UUID(header_of(record)["organisation"]))
        if organisation is None:
            raise LookupError("something of an organisation that is not known here")
        return organisation.zone

    def _row(self, card: CommitmentCard) -> dict[str, Any]:
        outcome = card.outcome
        return {
            "id": str(card.id),
            "organisation_id": str(card.organisation_id),
            "state": card.state,
            "wording": json.dumps([str(card.text_by), self._sealed(card.text_by, card.text, place_of(card.id))]),
            "level": card.level,
            "used_for": card.use,
            "revision": card.revision,
            "due_on": card.due_on.isoformat() if card.due_on is not None else None,
            "due_at": key_or_none(card.due_at),
            "agreement_id": str(card.agreement_id) if card.agreement_id is not None else None,
            "serves": str(card.serves) if card.serves is not None else None,
            "waiting_on": json.dumps([[str(w.person_id), w.what] for w in card.waiting_on]),
            "external_id": card.external_id,
            "promised": int(outcome.promised),
            "outcome_class": outcome.outcome_class,
            "passes_at": key_or_none(outcome.passes_at),
            "first_due": outcome.first_due.isoformat() if outcome.first_due is not None else None,
            "sides": json.dumps(
                [
                    [m.side, m.who.kind, str(m.who.id), m.name and self._sealed(card.id, m.name, place_of(m.who.id))]
                    for m in card.sides
                    if m.stands
                ]
            ),
            "answered_in": json.dumps(card.answered_in) if card.answered_in else None,
            "confirmed_in": json.dumps(card.confirmed_in) if card.confirmed_in else None,
            "unanswered": card.unanswered,
            "changes_asked": card.changes_asked,
            "cancelled": int(card.cancelled),
            "attested": json.dumps(card.attested) if card.attested else None,
        }

    def _sealed(self, owner: UUID, text: str, place: str) -> str | None:
        sealed = self._seal.seal(owner, text, place)
        return None if sealed is None else base64.b64encode(sealed).decode()


def _sides(card: CommitmentCard) -> Iterator[Mapping[str, Any]]:
    standing: dict[tuple[str, str], int] = {}
    for member in card.sides:
        place = (str(member.who.id), member.side)
        standing[place] = max(standing.get(place, 0), int(member.stands))
    for (who, side), stands in sorted(standing.items()):
        yield {
            "who_id": who,
            "side": side,
            "commitment_id": str(card.id),
            "organisation_id": str(card.organisation_id),
            "stands": stands,
            "state": card.state if all(standing.values()) else HANDED_ON,
            "due_key": key_or_none(card.due_at) or NEVER,
        }


def _days(of: tuple[UUID, UUID], days: Mapping[UUID, tuple[date, date | None]]) -> Iterator[Mapping[str, Any]]:
    period_id, organisation_id = of
    for person, (first, last) in days.items():
        yield {
            "person_id": str(person),
            "period_id": str(period_id),
            "organisation_id": str(organisation_id),
            "from_on": first.isoformat(),
            "until_on": last.isoformat() if last is not None else None,
        }


def place_of(id: UUID) -> str:
    """What a sealed text is bound to: the commitment that it names, or who bears the name."""
    return f"{id} commitment"
