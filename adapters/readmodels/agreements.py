"""The list of agreements: its tables, its view (always for a viewer), and its projection.

A row has what a list shows. The title is sealed as in the log; ids, states and dates are in clear,
and so is the external id, because it must be found. Who may see a row is asked of the log's own
sights in the same query: they are written with the events and never lag, as these rows may.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from adapters.database import Database, Statement
from adapters.eventlog.log import StoredRecord
from adapters.projection.folder import Folded, Folder, by_stream
from adapters.projection.projection import key_type
from adapters.readmodels.live import LiveTables, Question
from adapters.readmodels.sealing import RowSeal
from domain.base import Aggregate, fold
from domain.refusals import Invalid
from services.agreements.card import CONSENT, Card, card_of, left_by
from services.ports import Ledger
from services.queries import AgreementFilter, AgreementItem, AgreementParty, Page, Viewer, Waiting

NAME, VERSION = "agreements", 2
_TOPICS = ("concord.agreement.", "concord.imported_agreement.")


# The tables -----------------------------------------------------------------------------------------


def _create(suffix: str, dialect: str) -> list[str]:
    key = key_type(dialect)
    return [
        f"""CREATE TABLE agreements{suffix} (
            id {key} PRIMARY KEY, organisation_id {key} NOT NULL, state TEXT NOT NULL, wordings TEXT NOT NULL,
            parties TEXT NOT NULL, next_review_on TEXT, waiting_on TEXT NOT NULL, external_id TEXT,
            imported INTEGER NOT NULL)""",
        f"CREATE INDEX agreements_external{suffix} ON agreements{suffix} (external_id)",
        f"CREATE INDEX agreements_organisation{suffix} ON agreements{suffix} (organisation_id, id)",
        f"""CREATE TABLE agreement_people{suffix} (
            agreement_id {key} NOT NULL, person_id {key} NOT NULL, organisation_id {key} NOT NULL,
            is_party INTEGER NOT NULL, waited_for INTEGER NOT NULL, PRIMARY KEY (agreement_id, person_id))""",
        f"CREATE INDEX agreement_people_person{suffix} ON agreement_people{suffix} (person_id, agreement_id)",
    ]


def _drop(suffix: str) -> list[str]:
    return [f"DROP TABLE IF EXISTS agreements{suffix}", f"DROP TABLE IF EXISTS agreement_people{suffix}"]


@dataclass(frozen=True)
class AgreementRow:
    """One row of the list; `wordings` are (version, from_on, use, title's owner, sealed title in base64)."""

    id: str
    organisation_id: str
    state: str
    wordings: str
    parties: str
    next_review_on: str | None
    waiting_on: str
    external_id: str | None
    imported: int


# The projection -------------------------------------------------------------------------------------


class AgreementProjection:
    """Makes each agreement's row anew from the agreement, once for each batch that touches it."""

    name = NAME
    version = VERSION
    by_stream = True

    def __init__(self, folder: Folder, seal: RowSeal) -> None:
        self._folder = folder
        self._seal = seal

    def reads(self, topic: str) -> bool:
        """Everything that is said of an agreement."""
        return topic.startswith(_TOPICS)

    def create(self, suffix: str, dialect: str) -> list[Statement]:
        """Two tables: the rows, and who is a party or waited for."""
        return [Statement(sql) for sql in _create(suffix, dialect)]

    def drop(self, suffix: str) -> list[Statement]:
        """Both tables with their indexes."""
        return [Statement(sql) for sql in _drop(suffix)]

    async def apply(self, records: Sequence[StoredRecord], suffix: str) -> list[Statement]:
        """One row for each stream that these records belong to, as it is after them."""
        cards: list[tuple[Card, UUID]] = []
        for stream in by_stream(records).values():
            if not self._folder.matters(stream):
                continue
            folded = await self._folder.folded(stream)
            card = card_of(folded.aggregate)
            if card is not None:
                cards.append((card, _titled_by(card, folded)))
        await self._seal.ensure({owner for _, owner in cards})
        rows = [self._row(card, owner) for card, owner in cards]
        people = [person for card, _ in cards for person in _people(card)]
        return [
            Statement(
                f"INSERT INTO agreements{suffix} (id, organisation_id, state, wordings, parties, next_review_on, "
                "waiting_on, external_id, imported) VALUES (:id, :organisation_id, :state, :wordings, :parties, "
                ":next_review_on, :waiting_on, :external_id, :imported) ON CONFLICT (id) DO UPDATE SET "
                "state = excluded.state, wordings = excluded.wordings, parties = excluded.parties, "
                "next_review_on = excluded.next_review_on, waiting_on = excluded.waiting_on, "
                "external_id = excluded.external_id, imported = excluded.imported",
                [vars(row) for row in rows],
            ),
            Statement(
                f"DELETE FROM agreement_people{suffix} WHERE agreement_id = :id",
                [{"id": row.id} for row in rows],
            ),
            Statement(
                f"INSERT INTO agreement_people{suffix} "
                "(agreement_id, organisation_id, person_id, is_party, waited_for) "
                "VALUES (:agreement_id, :organisation_id, :person_id, :is_party, :waited_for)",
                people,
            ),
        ]

    def _row(self, card: Card, owner: UUID) -> AgreementRow:
        wordings = []
        for wording in card.wordings:
            sealed = self._seal.seal(owner, wording.title, f"{card.id} {wording.version}")
            title = None if sealed is None else base64.b64encode(sealed).decode()
            from_on = wording.from_on.isoformat() if wording.from_on else None
            wordings.append([wording.version, from_on, wording.use, title])
        return AgreementRow(
            str(card.id),
            str(card.organisation_id),
            card.state,
            json.dumps([str(owner), wordings]),
            json.dumps([[str(p.person_id), p.role] for p in card.parties]),
            card.next_review_on.isoformat() if card.next_review_on else None,
            json.dumps([[str(w.person_id), w.what] for w in card.waiting_on]),
            card.external_id,
            int(card.imported),
        )


def _titled_by(card: Card, folded: Folded) -> UUID:
    """Whose key the title is under: that of a draft is its writer's, that of an agreed text the agreement's."""
    return card.id if any(w.version for w in card.wordings) else folded.titled_by


def _people(card: Card) -> list[Mapping[str, Any]]:
    parties = {p.person_id for p in card.parties}
    waited_for = {w.person_id for w in card.waiting_on}
    return [
        {
            "agreement_id": str(card.id),
            "organisation_id": str(card.organisation_id),
            "person_id": str(person),
            "is_party": int(person in parties),
            "waited_for": int(person in waited_for),
        }
        for person in sorted(parties | waited_for, key=str)
    ]


# The view -------------------------------------------------------------------------------------------


class AgreementView:
    """Answers the list for a viewer (services.queries.AgreementList)."""

    def __init__(self, database: Database, ledger: Ledger, seal: RowSeal) -> None:
        self._live = LiveTables(database, NAME, VERSION)
        self._ledger = ledger
        self._seal = seal

    async def list_agreements(
        self, viewer: Viewer, filters: AgreementFilter | None = None, *, cursor: str | None = None, limit: int = 50
    ) -> Page[AgreementItem]:
        """The agreements that this viewer may see, newest first; raises Invalid for a cursor that is none."""
        filters = filters or AgreementFilter()
        before = _read_cursor(cursor)
        items: list[AgreementItem] = []
        while len(items) <= limit:
            rows = await self._live.fetch_all(_question(viewer, filters, before, limit + 1))
            items += await self._items(rows, viewer, filters)
            if len(rows) <= limit:
                break
            before = rows[-1].id
        page = items[:limit]
        return Page(tuple(page), str(page[-1].id) if len(items) > limit else None)

    async def _items(self, rows: Sequence[Any], viewer: Viewer, filters: AgreementFilter) -> list[AgreementItem]:
        wordings = [json.loads(row.wordings) for row in rows]
        await self._seal.ensure({UUID(owner) for owner, _ in wordings})
        items = []
        for row, (owner, texts) in zip(rows, wordings, strict=True):
            if row.sight == "former_party":
                item = await self._as_it_was_left(UUID(row.id), viewer)
                if item is not None and _fits(item, viewer, filters):
                    items.append(item)
            else:
                items.append(self._item(row, UUID(owner), texts, viewer))
        return items

    def _item(self, row: Any, owner: UUID, texts: list[list[Any]], viewer: Viewer) -> AgreementItem:
        # The row of a wording: version, from_on, use, sealed title; the last that has begun is shown.
        begun = [t for t in texts if t[1] is None or date.fromisoformat(t[1]) <= viewer.on]
        version, _, use, sealed = begun[-1] if begun else texts[0]
        seen = row.sight is not None
        place = f"{row.id} {version}"
        return AgreementItem(
            id=UUID(row.id),
            sight=row.sight,
            state=row.state,
            parties=tuple(AgreementParty(UUID(person), role) for person, role in json.loads(row.parties)),
            next_review_on=row.next_review_on and date.fromisoformat(row.next_review_on),
            title=self._seal.open(owner, sealed and base64.b64decode(sealed), place) if seen else None,
            use=use if seen else None,
            version=(version or None) if seen else None,
            waiting_on=_waiting_for(row, viewer),
            external_id=row.external_id if seen else None,
            imported=bool(row.imported),
        )

    async def _as_it_was_left(self, agreement_id: UUID, viewer: Viewer) -> AgreementItem | None:
        """Who left sees what was recorded up to that day, in lists as well: it is folded up to there."""
        facts = [r.fact for r in await self._ledger.facts(agreement_id)]
        whole: Aggregate | None = fold(facts)
        left_at = left_by(whole, viewer.person_id)
        if left_at is not None:
            facts = [f for f in facts if f.timestamp <= left_at]
        aggregate: Aggregate | None = fold(facts)
        card = card_of(aggregate) if aggregate is not None else None
        if card is None:
            return None
        wording = card.wording(viewer.on)
        return AgreementItem(
            id=card.id,
            sight="former_party",
            state=card.state,
            parties=tuple(AgreementParty(p.person_id, p.role) for p in card.parties),
            next_review_on=card.next_review_on,
            title=wording.title,
            use=wording.use,
            version=wording.version or None,
            waiting_on=card.waiting_on,
            external_id=card.external_id,
            imported=card.imported,
        )


def _waiting_for(row: Any, viewer: Viewer) -> tuple[Waiting, ...]:
    """Who must move, as far as the viewer reads what for: of motions, prompts and reviews the parties only."""
    if row.sight not in ("party", "contributor", "reader"):
        return ()
    waiting = (Waiting(UUID(person), what) for person, what in json.loads(row.waiting_on))
    inside = any(person == str(viewer.person_id) for person, _ in json.loads(row.parties))
    return tuple(one for one in waiting if inside or one.what == CONSENT)


def _question(viewer: Viewer, filters: AgreementFilter, before: str, limit: int) -> Question:
    """Joined with the sights, which are written with the events. A former party's rows are judged afterwards."""
    params = {
        "viewer": str(viewer.person_id),
        "organisation": str(viewer.organisation_id),
        "limit": limit,
    }
    seen = "a.id IN (SELECT thing_id FROM log_sights WHERE person_id IN (:viewer, :organisation))"
    must = ["a.organisation_id = :organisation"]
    if not viewer.steward:
        must.append(seen)
    if before:
        must.append("a.id < :before")
        params["before"] = before
    wanted = []
    if filters.state is not None:
        wanted.append("a.state = :state")
        params["state"] = filters.state
    if filters.external_id is not None:
        must.append(f"a.external_id = :external_id AND {seen}")
        params["external_id"] = filters.external_id
    people = "EXISTS (SELECT 1 FROM agreement_people{suffix} p WHERE p.agreement_id = a.id AND "
    if filters.party is not None:
        wanted.append(people + "p.person_id = :party AND p.is_party = 1)")
        params["party"] = str(filters.party)
    if filters.waiting_on_me:
        wanted.append(people + f"p.person_id = :viewer AND p.waited_for = 1) AND {seen}")
    if wanted:
        must.append(f"(mine.sight = 'former_party' OR ({' AND '.join(wanted)}))")
    sql = (
        "SELECT a.id, a.state, a.wordings, a.parties, a.next_review_on, a.waiting_on, a.external_id, a.imported, "
        "COALESCE(mine.sight, everybodys.sight) AS sight FROM agreements{suffix} a "
        "LEFT JOIN log_sights mine ON mine.thing_id = a.id AND mine.person_id = :viewer "
        "LEFT JOIN log_sights everybodys ON everybodys.thing_id = a.id AND everybodys.person_id = :organisation "
        f"WHERE {' AND '.join(must)} ORDER BY a.id DESC LIMIT :limit"
    )
    return lambda suffix: (sql.replace("{suffix}", suffix), params)


def _fits(item: AgreementItem, viewer: Viewer, filters: AgreementFilter) -> bool:
    return (
        filters.state in (None, item.state)
        and (filters.party is None or any(p.person_id == filters.party for p in item.parties))
        and (not filters.waiting_on_me or any(w.person_id == viewer.person_id for w in item.waiting_on))
    )


def _read_cursor(cursor: str | None) -> str:
    if not cursor:
        return ""
    try:
        return str(UUID(cursor))
    except ValueError:
        raise Invalid("This cursor is not one that a list has given.", field="cursor") from None
