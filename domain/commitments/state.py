"""The state of a commitment: what was said, who said yes to what, and when its clock ran or stood still."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import NoReturn
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.base import Act, Aggregate
from domain.cadence import Cadence
from domain.commitments.content import Content, Due, Who
from domain.refusals import NotThere, NotYourAct, StaleConsent, WrongState

REQUESTED, OFFERED, COUNTERED = "requested", "offered", "countered"
PROMISED, SUSPENDED, REPORTED = "promised", "suspended", "reported"
KEPT, RELEASED, CANCELLED, RENEGED, LAPSED = "kept", "released", "cancelled", "reneged", "lapsed"
DECLINED, WITHDRAWN, EXPIRED = "declined", "withdrawn", "expired"

TALKING = frozenset({REQUESTED, OFFERED, COUNTERED})
"""Before the promise: one side is asked."""
BINDING = frozenset({PROMISED, SUSPENDED, REPORTED})
ENDS = frozenset({KEPT, RELEASED, CANCELLED, RENEGED, LAPSED, DECLINED, WITHDRAWN, EXPIRED})

STATE_WORDS = {
    REQUESTED: "asked for and not yet answered",
    OFFERED: "offered and not yet answered",
    COUNTERED: "countered and not yet answered",
    PROMISED: "promised",
    SUSPENDED: "suspended",
    REPORTED: "reported done and not yet answered",
    KEPT: "kept",
    RELEASED: "released",
    CANCELLED: "cancelled",
    RENEGED: "taken back by who promised it",
    LAPSED: "lapsed",
    DECLINED: "declined",
    WITHDRAWN: "withdrawn",
    EXPIRED: "expired",
}

DEBTORS, CREDITORS, NEWCOMER = "debtors", "creditors", "newcomer"


@dataclass
class Note:
    """A progress note or an early warning (`kind` is `progress` or `risk`), with the texts that it had before."""

    id: UUID
    kind: str
    by: UUID | None
    at: datetime
    text: str
    earlier: list[str] = field(default_factory=list)
    withdrawn: bool = False


@dataclass
class Change:
    """A change that somebody proposed; `state` is pending, made, refused, countered, retracted or closed.

    `timing` is whether the due date was still ahead then: `before_due`, `after_due` or `no_due`. `agreed`
    names who has said yes for the `debtors`, the `creditors` or as the `newcomer`.
    """

    id: UUID
    kind: str
    by: UUID
    side: str
    at: datetime
    reason: str
    outcome: str | None = None
    conditions: tuple[str, ...] | None = None
    level: str | None = None
    due: Due | None = None
    cadence: Cadence | None = None
    return_condition: str | None = None
    until: date | None = None
    person_id: UUID | None = None
    leaving: Who | None = None
    timing: str = "no_due"
    counters: UUID | None = None
    agreed: dict[str, UUID] = field(default_factory=dict)
    state: str = "pending"
    closed_at: datetime | None = None
    closed_by: UUID | None = None
    answer: str | None = None


@dataclass(frozen=True)
class DueEntry:
    """A due date, in force from `from_at` until the next entry's.

    `cause` is `promise`, `change` (with its id and timing) or the cause for which the clock stood still
    (`agreed`, `imbalance`, `reported`); the latter is no renegotiation. `set_at` is when it was settled;
    a change proposed in time holds from its proposal.
    """

    due: Due | None
    from_at: datetime
    set_at: datetime
    cause: str
    change_id: UUID | None = None
    timing: str | None = None


@dataclass
class Stop:
    """A time in which the clock stood still for one cause; `until_at` is None while it does."""

    from_at: datetime
    cause: str
    cause_id: UUID | None = None
    until: date | None = None
    until_at: datetime | None = None


@dataclass
class Report:
    """A debtor said that it is done; `answer` is confirmed, unanswered, reopened, returned, retracted, or None yet."""

    by: UUID | None
    at: datetime
    evidence: tuple[str, ...]
    learned: str | None
    answer: str | None = None
    answered_at: datetime | None = None
    answered_by: UUID | None = None
    conditions_met: tuple[int, ...] | None = None
    thanks: str | None = None
    missing: str | None = None


@dataclass(frozen=True)
class Attestation:
    """What one side says of a period of an impact."""

    period: date
    side: str
    kept: str
    text: str | None
    by: UUID | None
    at: datetime


@dataclass(frozen=True)
class Remark:
    """Something said of the end, or against it (`kind` is `annotation` or `contest`)."""

    id: UUID
    kind: str
    by: UUID | None
    at: datetime
    text: str


@dataclass(frozen=True)
class LevelEntry:
    """What it aimed at from an instant on, and when it is to come back to what it aimed at before."""

    level: str
    from_at: datetime
    return_condition: str | None = None


class CommitmentState(Aggregate):
    """What has become of one commitment, and what the guards of all its acts share."""

    def __init__(self) -> None:
        """Prepares the empty state; the first fact's applier fills it."""
        self.organisation_id: UUID
        self.content: Content
        self.state = REQUESTED
        self.revision = 1
        self.opened_at: datetime
        self.opened_by: UUID | None = None
        self.turn_at: datetime
        self.turn_by: UUID | None = None
        self.asked_side = DEBTORS
        self.heard: str | None = None
        self.promised_by: set[Who] = set()
        self.accepted_by: UUID | None = None
        self.promised_at: datetime | None = None
        self.ended_at: datetime | None = None
        self.words_erased_at: datetime | None = None
        self.ended_by: UUID | None = None
        self.end_reason: str | None = None
        self.end_cause: str | None = None
        self.last_word_at: datetime
        self.notes: dict[UUID, Note] = {}
        self.changes: dict[UUID, Change] = {}
        self.due_log: list[DueEntry] = []
        self.level_log: list[LevelEntry] = []
        self.stops: list[Stop] = []
        self.still_since: datetime | None = None
        self.reports: list[Report] = []
        self.reopened: list[tuple[datetime, UUID | None, str]] = []
        self.reopening_refused = False
        self.attestations: dict[tuple[date, str], Attestation] = {}
        self.remarks: list[Remark] = []
        self.left: dict[Who, tuple[datetime, str]] = {}

    # What one may ask -----------------------------------------------------------------------------

    @property
    def change(self) -> Change | None:
        """The change that waits for an answer, if any."""
        return next((c for c in reversed(self.changes.values()) if c.state == "pending"), None)

    @property
    def causes(self) -> list[Stop]:
        """The suspensions that last."""
        return [s for s in self.stops if s.until_at is None and s.cause != REPORTED]

    @property
    def report(self) -> Report | None:
        """The last word of the debtors that it is done, if any."""
        return self.reports[-1] if self.reports else None

    @property
    def contested(self) -> bool:
        """Whether somebody sees the end differently."""
        return self.reopening_refused or any(r.kind == "contest" for r in self.remarks)

    @property
    def is_binding(self) -> bool:
        """Whether a promise was made, whatever came of it."""
        return self.promised_at is not None

    def runs_at(self, instant: datetime) -> bool:
        """Whether the clock ran at that instant: it was promised, not over, and nothing made it stand still."""
        if self.promised_at is None or instant < self.promised_at:
            return False
        if self.ended_at is not None and instant >= self.ended_at:
            return False
        return not any(s.from_at <= instant and (s.until_at is None or instant < s.until_at) for s in self.stops)

    def missed_at(self, now: datetime) -> datetime | None:
        """When a due date in force first passed while it was promised; None when none has by `now`."""
        for n, entry in enumerate(self.due_log):
            if entry.due is None or entry.due.at > now or entry.due.at < entry.from_at:
                continue
            following = self.due_log[n + 1].from_at if n + 1 < len(self.due_log) else None
            in_force = following is None or entry.due.at < following
            if in_force and self.runs_at(entry.due.at):
                return entry.due.at
        return None

    def side_of(self, act: Act) -> str | None:
        """The side that the acting person stands on, themself or by a team; named in person goes first."""
        for stands in (_in_person, _by_team):
            for side, members in ((DEBTORS, self.content.owed_by), (CREDITORS, self.content.owed_to)):
                if any(stands(who, act) for who in members):
                    return side
        return None

    def waiting_debtors(self) -> tuple[Who, ...]:
        """The named debtors who have not promised the present revision."""
        return tuple(w for w in self.content.owed_by if w not in self.promised_by)

    def sights(self) -> dict[UUID, str]:
        """Who sees it: the people and teams of both sides, whom a pending change would bring in, and who was let go."""
        seen = dict.fromkeys((who.id for who in self.left), "former_party")
        seen |= dict.fromkeys((who.id for who in (*self.content.owed_by, *self.content.owed_to)), "party")
        change = self.change
        if change is not None and change.person_id is not None:
            seen[change.person_id] = "party"
        return seen

    # Guards that many acts share ------------------------------------------------------------------

    def _must_be_on(self, act: Act, *sides: str) -> str:
        side = self.side_of(act)
        if side is None:
            change = self.change
            if change is not None and change.person_id == act.by:
                raise NotYourAct("You are asked whether you come in; until then only the two sides can do this.")
            if any(_in_person(who, act) or _by_team(who, act) for who in self.left):
                raise NotYourAct("You are not on either side of this any more.")
            raise NotThere
        if side not in sides:
            whose = "who owes it" if sides == (DEBTORS,) else "whom it is owed to"
            raise NotYourAct(f"Only {whose} can do this.")
        return side

    def _must_be_in(self, *states: str) -> None:
        if self.state not in states:
            self._wrong_state(*states)

    def _wrong_state(self, *states: str) -> NoReturn:
        fitting = " or ".join(STATE_WORDS[s] for s in states)
        raise WrongState(f"This is {STATE_WORDS[self.state]}; that can be done while it is {fitting}.")

    def _must_name_the_present(self, revision: int) -> None:
        if revision != self.revision:
            raise StaleConsent(
                f"Your yes names revision {revision}; the text is at revision {self.revision} now. "
                "Look at what changed, then decide."
            )

    # How time counts ------------------------------------------------------------------------------

    def _due_on_running_again(self, now: datetime, zone: ZoneInfo, *, without: Stop | None = None) -> Due | None:
        """When it is due after standing still up to now; None when that changes nothing.

        `without` is a stop that does not count (a report that was taken back).
        """
        due = self.content.due
        if due is None or self.still_since is None:
            return None
        stops = [(max(s.from_at, self.still_since), s.until_at or now) for s in self.stops if s is not without]
        moved = due.moved(_union(stops, now), zone)
        return None if moved == due else moved

    def _run_again(self, now: datetime, due: Due | None, cause: str) -> None:
        self.still_since = None
        if due is not None:
            self.content = replace(self.content, due=due)
            self.due_log.append(DueEntry(due, now, now, cause))

    def _stand_still(self, at: datetime, stop: Stop) -> None:
        if self.still_since is None:
            self.still_since = at
        self.stops.append(stop)


def standing_for(side: Iterable[Who], act: Act) -> tuple[Who, ...]:
    """Whom of a side the acting person can speak for: themself, and the teams that they belong to."""
    return tuple(who for who in side if _in_person(who, act) or _by_team(who, act))


def _in_person(who: Who, act: Act) -> bool:
    return who.kind == "person" and who.id == act.by


def _by_team(who: Who, act: Act) -> bool:
    return who.kind == "team" and who.id in act.teams


def _union(spans: Iterable[tuple[datetime, datetime]], now: datetime) -> list[tuple[datetime, datetime]]:
    """The spans up to now, overlapping ones joined."""
    joined: list[tuple[datetime, datetime]] = []
    for since, until in sorted((since, min(until, now)) for since, until in spans):
        if since >= until:
            continue
        if joined and since <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], until))
        else:
            joined.append((since, until))
    return joined
