"""The list of commitments for a viewer, and the list behind every count."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from adapters.database import Database
from adapters.readmodels.commitments import HANDED_ON, NAME, VERSION, place_of
from adapters.readmodels.commitments_sql import CLASS, COUNTED_CLASS, Conditions, narrow, narrow_count
from adapters.readmodels.instants import NEVER, key_or_none
from adapters.readmodels.live import LiveTables, Question
from adapters.readmodels.sealing import RowSeal
from domain.base import Aggregate, fold
from domain.commitments.classes import NOT_COUNTED
from domain.refusals import Invalid
from services.follow_through.card import OWED_BY, OWED_TO, CommitmentCard, commitment_card, left_at
from services.ports import Ledger
from services.queries import NONE, CommitmentFilter, CommitmentItem, Page, SideShown, Viewer, Waiting

_SHOWN = (
    "c.id", "c.state", "c.wording", "c.level", "c.used_for", "c.revision", "c.due_on", "c.due_at",
    "c.waiting_on", "c.external_id", "c.promised", "c.first_due", "c.sides",
)  # fmt: skip
FORMER = "former_party"


class CommitmentListView:
    """Answers the list for a viewer (services.queries.CommitmentList)."""

    def __init__(self, database: Database, ledger: Ledger, seal: RowSeal) -> None:
        self._live = LiveTables(database, NAME, VERSION)
        self._ledger = ledger
        self._seal = seal

    async def list_commitments(
        self,
        viewer: Viewer,
        now: datetime,
        filters: CommitmentFilter | None = None,
        *,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[CommitmentItem]:
        """The commitments that this viewer may see, newest first unless asked for by due date.

        Raises Invalid for a cursor that is none.
        """
        filters = filters or CommitmentFilter()
        after = _read_cursor(cursor, by_due=filters.by_due)
        items: list[CommitmentItem] = []
        while len(items) <= limit:
            rows = await self._live.fetch_all(_question(viewer, now, filters, after, limit + 1))
            items += await self._items(rows, viewer, filters)
            if len(rows) <= limit:
                break
            after = (rows[-1].due_at or NEVER, rows[-1].id)
        page = items[:limit]
        return Page(tuple(page), _made_cursor(page[-1], by_due=filters.by_due) if len(items) > limit else None)

    async def _items(self, rows: Sequence[Any], viewer: Viewer, filters: CommitmentFilter) -> list[CommitmentItem]:
        wordings = [json.loads(row.wording) for row in rows]
        owners = {UUID(owner) for owner, _ in wordings} | {UUID(r.id) for r in rows if r.external_id is not None}
        await self._seal.ensure(owners)
        items = []
        for row, (owner, sealed) in zip(rows, wordings, strict=True):
            if row.sight == FORMER:
                item = await self._as_it_was_left(UUID(row.id), viewer)
                if item is not None and row.agreement_id is None:
                    item = replace(item, agreement_id=None)
                if item is not None and _fits(item, filters):
                    items.append(item)
            else:
                items.append(self._item(row, UUID(owner), sealed))
        return items

    def _item(self, row: Any, owner: UUID, sealed: str | None) -> CommitmentItem:
        id = UUID(row.id)
        members = json.loads(row.sides)
        return CommitmentItem(
            id=id,
            sight=row.sight,
            state=row.state,
            outcome=self._open(owner, sealed, place_of(id)),
            level=row.level,
            use=row.used_for,
            revision=row.revision,
            owed_by=self._side(id, members, OWED_BY),
            owed_to=self._side(id, members, OWED_TO),
            due_on=date.fromisoformat(row.due_on) if row.due_on else None,
            due_at=datetime.fromisoformat(row.due_at) if row.due_at else None,
            agreement_id=UUID(row.agreement_id) if row.agreement_id else None,
            waiting_on=tuple(Waiting(UUID(p), what) for p, what in json.loads(row.waiting_on)),
            outcome_class=row.class_now,
            promised=bool(row.promised),
            first_due=date.fromisoformat(row.first_due) if row.first_due else None,
            external_id=row.external_id,
        )

    def _side(self, id: UUID, members: Sequence[Sequence[Any]], side: str) -> tuple[SideShown, ...]:
        return tuple(
            SideShown(kind, UUID(who), name and self._open(id, name, place_of(UUID(who))))
            for of, kind, who, name in members
            if of == side
        )

    def _open(self, owner: UUID, sealed: str | None, place: str) -> str:
        return self._seal.open(owner, base64.b64decode(sealed) if sealed else None, place)

    async def _as_it_was_left(self, id: UUID, viewer: Viewer) -> CommitmentItem | None:
        """Who handed it on sees what was recorded up to then, in lists as well: it is folded up to there."""
        facts = [r.fact for r in await self._ledger.facts(id)]
        whole: Aggregate | None = fold(facts)
        until = left_at(whole, {viewer.person_id, *viewer.teams})
        if until is None:
            return None
        aggregate: Aggregate | None = fold(f for f in facts if f.timestamp <= until)
        card = None if aggregate is None else commitment_card(aggregate, viewer.zone, id)
        return None if card is None else _of_card(card)


def _of_card(card: CommitmentCard) -> CommitmentItem:
    def side(named: str) -> tuple[SideShown, ...]:
        return tuple(SideShown(m.who.kind, m.who.id, m.name) for m in card.sides if m.side == named and m.stands)

    return CommitmentItem(
        id=card.id,
        sight=FORMER,
        state=card.state,
        outcome=card.text,
        level=card.level,
        use=card.use,
        revision=card.revision,
        owed_by=side(OWED_BY),
        owed_to=side(OWED_TO),
        due_on=card.due_on,
        due_at=card.due_at,
        agreement_id=card.agreement_id,
        waiting_on=(),
        outcome_class=NOT_COUNTED,
        promised=card.outcome.promised,
        first_due=card.outcome.first_due,
        external_id=card.external_id,
    )


def _fits(item: CommitmentItem, filters: CommitmentFilter) -> bool:
    return (
        filters.state in (None, item.state)
        and (filters.owed_by is None or any(w.id == filters.owed_by for w in item.owed_by))
        and (filters.owed_to is None or any(w.id == filters.owed_to for w in item.owed_to))
        and (filters.due_before is None or (item.due_at is not None and item.due_at <= filters.due_before))
        and filters.agreement_id in (None, str(item.agreement_id) if item.agreement_id is not None else NONE)
        and not filters.waiting_on_me
    )


def _question(
    viewer: Viewer, now: datetime, filters: CommitmentFilter, after: tuple[str, str] | None, limit: int
) -> Question:
    """Each way into the rows goes along an index in the order of the list, so that a page costs what it shows."""
    conditions = Conditions(viewer, now)
    if after is not None and filters.by_due:
        conditions.must("(g.due_key, g.commitment_id) > (:after_due, :after)", after_due=after[0], after=after[1])
    elif after is not None:
        conditions.must("c.id < :after", after=after[1])
    if filters.counted is not None:
        narrow_count(conditions, filters.counted)
        ways, outcome_class = [_Way("commitment_sides{suffix} s", "s.commitment_id")], COUNTED_CLASS
    else:
        narrow(conditions, filters)
        ways, outcome_class = _ways(conditions, filters), CLASS
    columns = ", ".join(
        (
            *_SHOWN,
            f"{conditions.agreement} AS agreement_id",
            f"{outcome_class} AS class_now",
            f"(SELECT v.sight {conditions.sights} ORDER BY (v.sight = '{FORMER}'), v.sight LIMIT 1) AS sight",
        )
    )
    order = "{due}, {id}" if filters.by_due else "{id} DESC"
    selects = [
        f"SELECT {columns} FROM {way.table} JOIN commitments{{suffix}} c ON c.id = {way.id} "
        f"WHERE {conditions.where} AND {way.holds} ORDER BY {order.format(due='g.due_key', id=way.id)} LIMIT :limit"
        for way in ways
    ]
    sql = selects[0]
    if len(selects) > 1:
        each = (f"SELECT * FROM ({select}) AS way_{n}" for n, select in enumerate(selects))
        in_order = order.format(due=f"coalesce(due_at, '{NEVER}')", id="id")
        sql = f"SELECT * FROM ({' UNION '.join(each)}) AS every_way ORDER BY {in_order} LIMIT :limit"
    params = conditions.params | {"limit": limit}
    return lambda suffix: (sql.replace("{suffix}", suffix), params)


@dataclass(frozen=True)
class _Way:
    """A table along which the rows are found, which of its columns names the commitment, and what must hold in it."""

    table: str
    id: str
    holds: str = "1 = 1"


def _ways(conditions: Conditions, filters: CommitmentFilter) -> list[_Way]:
    """By whom it concerns where that is asked for, else by everybody through whom the viewer sees."""
    if filters.waiting_on_me:
        conditions.be_seen()
        return [
            _Way("commitment_waits{suffix} g", "g.commitment_id", f"g.who_id = {seer}") for seer in conditions.seers
        ]
    for side, who in ((OWED_BY, filters.owed_by), (OWED_TO, filters.owed_to)):
        if who is not None:
            theirs = f"g.who_id = :{side} AND g.side = '{side}'"
            if not filters.by_due:
                conditions.be_seen()
                return [_Way("commitment_sides{suffix} g", "g.commitment_id", theirs)]
            conditions.must(conditions.seen_as_it_is)
            states = ("1 = 1",) if filters.state is None else ("g.state = :state", f"g.state = '{HANDED_ON}'")
            return [_Way("commitment_sides{suffix} g", "g.commitment_id", f"{theirs} AND {state}") for state in states]
    if filters.external_id is not None or filters.serves is not None or filters.agreement_id not in (None, NONE):
        conditions.be_seen()
        return [_Way("commitments{suffix} g", "g.id", _named_by(filters))]
    return [_Way("log_sights g", "g.thing_id", f"g.person_id = {seer}") for seer in conditions.seers]


def _named_by(filters: CommitmentFilter) -> str:
    if filters.external_id is not None:
        return "g.external_id = :external_id"
    return "g.serves = :serves" if filters.serves is not None else "g.agreement_id = :agreement_id"


def _made_cursor(last: CommitmentItem, *, by_due: bool) -> str:
    if not by_due:
        return str(last.id)
    due = key_or_none(last.due_at) or NEVER
    return f"{base64.urlsafe_b64encode(due.encode()).decode()}.{last.id}"


def _read_cursor(cursor: str | None, *, by_due: bool) -> tuple[str, str] | None:
    """The place in the order of due dates (empty where that is not the order) and the commitment."""
    if not cursor:
        return None
    due, _, id = cursor.rpartition(".")
    try:
        if bool(due) == by_due:
            return base64.urlsafe_b64decode(due).decode(), str(UUID(id))
    except ValueError:
        pass
    raise Invalid("This cursor is not one that this list has given.", field="cursor")
