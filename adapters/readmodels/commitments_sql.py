"""Which rows of the commitments a question is about: its conditions in SQL, the viewer's sight always among them.

Who may see a row is asked of the log's own sights in the same query: they are written with the events
and never lag, as these rows may.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from adapters.readmodels.instants import instant_key
from domain.commitments.classes import NOT_COUNTED, OPEN, OPEN_OVERDUE
from services.queries import NONE, CommitmentFilter, Counted, Viewer

OTHER_SIDE = {"owed_by": "owed_to", "owed_to": "owed_by"}

CLASS = f"CASE WHEN c.outcome_class = '{OPEN}' AND c.passes_at <= :now THEN '{OPEN_OVERDUE}' ELSE c.outcome_class END"
"""The class at the moment of the question."""
COUNTED_CLASS = f"CASE WHEN s.stands = 0 THEN '{NOT_COUNTED}' ELSE {CLASS} END"
"""The same, as it counts for who stands or stood on the side `s`."""

LEVEL = "CASE WHEN s.stands = 1 THEN c.level END"
"""Its level now, for who stands on the side `s`; who handed it on is not told how it went on."""


class Conditions:
    """What must hold of a row, with the values that it names."""

    def __init__(self, viewer: Viewer, now: datetime) -> None:
        seers = [viewer.person_id, viewer.organisation_id, *sorted(viewer.teams, key=str)]
        self.params: dict[str, Any] = {f"seer_{n}": str(id) for n, id in enumerate(seers)}
        self.params |= {"organisation": str(viewer.organisation_id), "now": instant_key(now)}
        self.seers = tuple(f":seer_{n}" for n in range(len(seers)))
        self._sees_periods = viewer.steward
        self._must = ["c.organisation_id = :organisation"]

    @property
    def sights(self) -> str:
        """The viewer's rows among the sights on a commitment."""
        return f"FROM log_sights v WHERE v.thing_id = c.id AND v.person_id IN ({self._seers})"

    def must(self, condition: str, **params: Any) -> None:
        """One more condition."""
        self._must.append(condition)
        self.params |= params

    def be_seen(self) -> None:
        """Only what the viewer may see."""
        self.must(f"EXISTS (SELECT 1 {self.sights})")

    @property
    def seen_as_it_is(self) -> str:
        """Whether the viewer may see it in its present state; else they handed it on, or do not see it."""
        return f"EXISTS (SELECT 1 {self.sights} AND v.sight <> 'former_party')"

    def be_counted(self) -> None:
        """Only what the viewer may see; of what they handed on, only their own part on the side `s`."""
        self.must(
            f"({self.seen_as_it_is} "
            f"OR (s.stands = 0 AND s.who_id IN ({self._seers}) AND EXISTS (SELECT 1 {self.sights})))"
        )

    @property
    def agreement(self) -> str:
        """The agreement that it names, for who may see that; NULL for others, as where it names none.

        A record from elsewhere says its agreement's name in its own words: who reads it has that anyway.
        """
        seen = f"SELECT 1 FROM log_sights w WHERE w.thing_id = c.agreement_id AND w.person_id IN ({self._seers})"
        return f"CASE WHEN c.external_id IS NOT NULL OR EXISTS ({seen}) THEN c.agreement_id END"

    @property
    def inside(self) -> str:
        """Whether a debtor was in an active imbalance period on the day of the first due date: who counts, or any.

        Only periods that the viewer sees; else whoever is owed something by somebody would learn of theirs.
        """
        seen = f"SELECT 1 FROM log_sights w WHERE w.thing_id = i.period_id AND w.person_id IN ({self._seers})"
        return (
            "EXISTS (SELECT 1 FROM commitment_sides{suffix} d JOIN commitment_imbalances{suffix} i "
            "ON i.person_id = d.who_id WHERE d.commitment_id = c.id AND d.side = 'owed_by' "
            "AND (s.side = 'owed_to' OR d.who_id = s.who_id) "
            "AND i.from_on <= c.first_due AND (i.until_on IS NULL OR i.until_on >= c.first_due)"
            f"{'' if self._sees_periods else f' AND EXISTS ({seen})'})"
        )

    @property
    def _seers(self) -> str:
        return ", ".join(self.seers)

    @property
    def where(self) -> str:
        """All of them."""
        return " AND ".join(self._must)


def narrow(conditions: Conditions, filters: CommitmentFilter) -> None:
    """What a list is narrowed by.

    It must hold of the present row, except for who handed it on: they see it as it was then, and must not
    learn from a filter what became of it. Theirs are judged afterwards.
    """
    wanted: list[str] = []
    params: dict[str, Any] = {}
    if filters.state is not None:
        wanted.append("c.state = :state")
        params["state"] = filters.state
    if filters.due_before is not None:
        wanted.append("c.due_at <= :due_before")
        params["due_before"] = instant_key(filters.due_before)
    if filters.agreement_id is not None:
        none = filters.agreement_id == NONE
        wanted.append(f"{conditions.agreement} {'IS NULL' if none else '= :agreement_id'}")
        params["agreement_id"] = filters.agreement_id
    if filters.serves is not None:
        seers = ", ".join(conditions.seers)
        seen = f"SELECT 1 FROM log_sights w WHERE w.thing_id = c.serves AND w.person_id IN ({seers})"
        # What it serves never changes: it may be asked of the present row, whoever asks.
        conditions.must(f"c.serves = :serves AND EXISTS ({seen})", serves=str(filters.serves))
    if filters.external_id is not None:
        wanted.append("c.external_id = :external_id")
        params["external_id"] = filters.external_id
    for side, who in (("owed_by", filters.owed_by), ("owed_to", filters.owed_to)):
        if who is not None:
            wanted.append(
                "EXISTS (SELECT 1 FROM commitment_sides{suffix} w WHERE w.commitment_id = c.id "
                f"AND w.side = '{side}' AND w.who_id = :{side} AND w.stands = 1)"
            )
            params[side] = str(who)
    if wanted:
        conditions.must(f"(({' AND '.join(wanted)}) OR NOT {conditions.seen_as_it_is})", **params)


def narrow_count(conditions: Conditions, counted: Counted) -> None:
    """What a count, or the list behind it, is narrowed by; `s` is the side of whom it is about."""
    conditions.be_counted()
    conditions.must("s.who_id = :counted AND s.side = :direction", counted=str(counted.of), direction=counted.direction)
    if not counted.proposed:
        conditions.must("c.promised = 1")
    if counted.from_on is not None:
        conditions.must("c.first_due >= :from_on", from_on=counted.from_on.isoformat())
    if counted.to_on is not None:
        conditions.must("c.first_due <= :to_on", to_on=counted.to_on.isoformat())
    if counted.level is not None:
        _be(conditions, LEVEL, "level", counted.level)
    if counted.use is not None:
        conditions.must("c.used_for = :used_for", used_for=counted.use)
    if counted.agreement is not None:
        _be(conditions, conditions.agreement, "agreement", counted.agreement)
    if counted.month is not None:
        _be(conditions, "substr(c.first_due, 1, 7)", "month", counted.month)
    if counted.year is not None:
        _be(conditions, "substr(c.first_due, 1, 4)", "year", counted.year)
    if counted.counterpart == NONE:
        conditions.must(f"NOT EXISTS ({_counterparts(counted)})")
    elif counted.counterpart is not None:
        conditions.must(
            f"EXISTS ({_counterparts(counted)} AND w.who_id = :counterpart)", counterpart=counted.counterpart
        )
    if counted.imbalance is not None:
        conditions.must(conditions.inside if counted.imbalance == "inside" else f"NOT {conditions.inside}")
    if counted.outcome_class is not None:
        conditions.must(f"{COUNTED_CLASS} = :outcome_class", outcome_class=counted.outcome_class)


def _be(conditions: Conditions, column: str, name: str, value: str) -> None:
    if value == NONE:
        conditions.must(f"{column} IS NULL")
    else:
        conditions.must(f"{column} = :{name}", **{name: value})


def _counterparts(counted: Counted) -> str:
    return (
        "SELECT 1 FROM commitment_sides{suffix} w WHERE w.commitment_id = c.id "
        f"AND w.side = '{OTHER_SIDE[counted.direction]}' AND w.stands = 1 AND s.stands = 1"
    )
