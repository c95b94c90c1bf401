"""What an accountability agreement is at one moment: the records it is folded into, and who it binds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import NoReturn
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from domain.agreements.terms import OWING_KINDS, Head, Party, Term, content_hash
from domain.base import Act, Aggregate
from domain.refusals import NotThere, NotYourAct, WrongState

DRAFTING, IN_FORCE, PAUSED, ENDING = "drafting", "in_force", "paused", "ending"
ENDED, EXPIRED, ABANDONED = "ended", "expired", "abandoned"
ENDS = frozenset({ENDED, EXPIRED, ABANDONED})

STATE_WORDS = {
    DRAFTING: "still being drafted",
    IN_FORCE: "in force",
    PAUSED: "paused",
    ENDING: "ending",
    ENDED: "ended",
    EXPIRED: "expired",
    ABANDONED: "abandoned",
}

PROMPTS = ("work_for_both", "how_to_update", "hopes_and_worries")
"""The opening questions; `how_to_update` is asked of reports only, where there are any."""


@dataclass(frozen=True)
class Consent:
    """A party's yes to one exact text."""

    person_id: UUID
    revision: int
    content_hash: str
    at: datetime


PARTY_LEFT = "party left"
"""What a change is called that nobody wrote: the text lost a party."""


@dataclass(frozen=True)
class Change:
    """One edit of an open proposal: which revision it made, who made it, and what it touched."""

    revision: int
    by: UUID | None
    at: datetime
    what: str
    term_id: UUID | None
    reason: str | None


@dataclass(frozen=True)
class Asked:
    """A party asked for changes instead of consenting."""

    by: UUID
    at: datetime
    note: str


@dataclass
class Proposal:
    """The text under negotiation; number 0 leads to version 1."""

    number: int
    head: Head
    terms: dict[UUID, Term]
    opened_by: UUID | None
    opened_at: datetime
    reason: str | None = None
    clerical: bool = False
    revision: int = 1
    consents: dict[UUID, Consent] = field(default_factory=dict)
    voided: dict[UUID, Consent] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    @property
    def content_hash(self) -> str:
        """The hash that a consent to the current text names."""
        return content_hash(self.head, self.terms)

    def changed(self, by: UUID | None, at: datetime, what: str, term_id: UUID | None, reason: str | None) -> None:
        """Counts an edit: from now on it is another text, to which nobody has consented."""
        self.revision += 1
        self.voided.update(self.consents)
        self.consents.clear()
        self.changes.append(Change(self.revision, by, at, what, term_id, reason))


@dataclass(frozen=True)
class Version:
    """A text that everybody consented to; to one from elsewhere nobody here did, and it names no hash."""

    number: int
    head: Head
    terms: dict[UUID, Term]
    takes_effect_on: date
    made_at: datetime
    consented_hash: str | None
    consents: tuple[Consent, ...]
    opened_by: UUID | None
    reason: str | None
    clerical: bool

    @cached_property
    def content_hash(self) -> str:
        """The hash that the consents name, else that of the text, made when it is first asked for."""
        return self.consented_hash or content_hash(self.head, self.terms)


@dataclass
class TermRecord:
    """Beside the term itself: who wrote it, when, and the aggregate version at which it last changed."""

    added_by: UUID | None
    added_at: datetime
    changed_at_version: int
    authors: list[UUID] = field(default_factory=list)


@dataclass
class Comment:
    """A comment on a term; a corrected one shows its new text, a withdrawn one none."""

    id: UUID
    term_id: UUID
    by: UUID | None
    at: datetime
    text: str
    corrected_at: datetime | None = None
    withdrawn: bool = False


@dataclass
class Heard:
    """What somebody heard another say, given along with an edit."""

    id: UUID
    by: UUID | None
    at: datetime
    term_id: UUID | None
    text: str
    right_by: list[UUID] = field(default_factory=list)


@dataclass(frozen=True)
class PromptAnswer:
    """An answer to an opening question.

    `shown` says that its author showed it; `revealed_to` who was asked when all had answered, which
    nothing later takes back: not that somebody joins who has not answered yet.
    """

    by: UUID
    at: datetime
    text: str
    shown: bool
    revealed_to: frozenset[UUID] = frozenset()


@dataclass
class Motion:
    """Something decided together that is not text."""

    id: UUID
    kind: str
    by: UUID
    at: datetime
    until: date | None
    person_id: UUID | None
    reason: str | None
    agreed: list[UUID] = field(default_factory=list)
    state: str = "open"


@dataclass(frozen=True)
class ReviewAnswer:
    """What one party says in a review. `fits` is 1..5 by term id; outcome `still_right` or `needs_change`."""

    what_works: str
    what_to_change: str
    fits: dict[str, int]
    outcome: str
    entrust_next: str | None = None
    next_review_on: date | None = None


@dataclass
class Review:
    """A look at how the agreement works; answers are shown when it is concluded."""

    id: UUID
    opened_by: UUID | None
    at: datetime
    answers: dict[UUID, ReviewAnswer] = field(default_factory=dict)
    answered_at: dict[UUID, datetime] = field(default_factory=dict)
    concluded_at: datetime | None = None
    outcome: str | None = None
    next_review_on: date | None = None


@dataclass(frozen=True)
class Notice:
    """Notice by `by` (None: the organisation, because the leader changed), with the last day."""

    by: UUID | None
    at: datetime
    ends_on: date
    reason: str | None
    state_before: str
    cause: str


@dataclass(frozen=True)
class Going:
    """A party whom an agreed text leaves out from a day to come; until then the version before holds."""

    party: Party
    on: date
    agreed_at: datetime


@dataclass(frozen=True)
class Parting:
    """A party went out at an instant, when so many versions had been made: what these asked of them stopped."""

    person_id: UUID
    at: datetime
    versions: int


@dataclass(frozen=True)
class Glass:
    """A steward's look at an agreement that is not theirs: who, from when, until when, and why."""

    by: UUID
    at: datetime
    until_at: datetime
    reason: str


@dataclass(frozen=True)
class InForce:
    """A term while it was in force: who owed it, from when, until when (None: still is)."""

    term: Term
    debtors: tuple[UUID, ...]
    from_at: datetime
    until_at: datetime | None
    version: int


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a day in that zone."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


_A_DAY = timedelta(days=1)


class AgreementState(Aggregate):
    """The folded state, and the questions that every act asks of it."""

    def __init__(self) -> None:
        """Prepares the empty state; the first fact's applier fills it."""
        self.organisation_id: UUID
        self.opened_by: UUID | None = None
        self.state = DRAFTING
        self.shared_at: datetime | None = None
        self.shared_at_version = 0
        self.kept_private: frozenset[UUID] = frozenset()
        self.proposal: Proposal | None = None
        self.versions: list[Version] = []
        self.records: dict[UUID, TermRecord] = {}
        self.comments: dict[UUID, Comment] = {}
        self.heards: dict[UUID, Heard] = {}
        self.prompts: tuple[str, ...] = PROMPTS
        self.prompt_answers: dict[str, dict[UUID, PromptAnswer]] = {}
        self.authored: set[UUID] = set()
        self.motions: dict[UUID, Motion] = {}
        self.reviews: dict[UUID, Review] = {}
        self.contributors: dict[UUID, datetime] = {}
        self.notice: Notice | None = None
        self.leaving: dict[UUID, Notice] = {}
        self.left: dict[UUID, datetime] = {}
        self.going: dict[UUID, Going] = {}
        self.partings: list[Parting] = []
        self.grants: dict[UUID, tuple[UUID, datetime]] = {}
        self.glass: list[Glass] = []
        self.paused_until: date | None = None
        self.pause_log: list[tuple[datetime, datetime | None]] = []
        self.ended_at: datetime | None = None
        self.end_cause: str | None = None
        self.words_erased_at: datetime | None = None
        self.announced: set[tuple[date, int]] = set()
        self.carried_from: UUID | None = None
        self.last_head: Head

    # Who is bound, and who is asking -------------------------------------------------------------

    @property
    def use(self) -> str:
        """`coaching` or `reviewable`, as the text in force (or the first draft) says."""
        return self.head.use

    @property
    def head(self) -> Head:
        """The head of the newest agreed version, else of the draft."""
        return self.versions[-1].head if self.versions else self.last_head

    def head_on(self, day: date) -> Head:
        """The head that holds on that day; before the first version takes effect, the newest there is."""
        holding = self.version_in_force(day)
        return holding.head if holding is not None else self.head

    @property
    def parties(self) -> tuple[Party, ...]:
        """Who is bound now: the parties of the newest version (or of the draft), and whom it leaves out later."""
        staying = tuple(p for p in self.head.parties if p.person_id not in self.left)
        return staying + tuple(going.party for going in self.going.values())

    @property
    def people(self) -> tuple[UUID, ...]:
        """The ids of the parties bound now."""
        return tuple(p.person_id for p in self.parties)

    @property
    def consenting(self) -> tuple[UUID, ...]:
        """Who must consent to the open proposal: the parties now and those it would bring in."""
        if self.proposal is None:
            return ()
        now = self.people if self.versions else ()
        # Whoever left and is to come back is bound by nothing that they did not consent to afresh.
        return now + tuple(p for p in self.proposal.head.people if p not in now)

    @property
    def shared(self) -> bool:
        """Whether the text has been shown to the other parties."""
        return self.shared_at is not None

    def is_shown_to(self, viewer: UUID, id: UUID) -> bool:
        """Whether a term, a comment or what was heard came along with the share, or is the viewer's as its opener."""
        return viewer == self.opened_by or id not in self.kept_private

    def sights(self) -> dict[UUID, str]:
        """Who may see this agreement, and as what: party, former_party, contributor or grant."""
        seen: dict[UUID, str] = {}
        for person, (_, _) in self.grants.items():
            seen[person] = "grant"
        for person in self.left:
            seen[person] = "former_party"
        for person in self.contributors:
            seen[person] = "contributor"
        for person in (*self.people, *self.consenting):
            seen[person] = "party"
        return seen

    def glass_is_broken(self, by: UUID, now: datetime) -> bool:
        """Whether a steward may look in at this moment, for the reason they gave."""
        return any(g.by == by and now < g.until_at for g in self.glass)

    def version_in_force(self, on: date) -> Version | None:
        """The agreed text that holds on that day; None before the first takes effect."""
        holding = [v for v in self.versions if v.takes_effect_on <= on]
        return holding[-1] if holding else None

    def version_held(self, on: date, zone: ZoneInfo) -> Version | None:
        """The same, or after the end what held last: what waited for its day then never came into force."""
        if self.ended_at is None or not self.versions:
            return self.version_in_force(on)
        last_day = (self.ended_at - timedelta.resolution).astimezone(zone).date()
        return self.version_in_force(min(on, last_day)) or self.versions[0]

    def upcoming(self, on: date) -> Version | None:
        """The agreed text that waits for its day, if any."""
        if self.versions and self.versions[-1].takes_effect_on > on and self.state not in ENDS:
            return self.versions[-1]
        return None

    def stopped_for(self, term: Term) -> bool:
        """Whether everybody who owed the term has left."""
        return bool(term.owed_by) and all(p in self.left for p in term.owed_by)

    def in_force_spans(self, zone: ZoneInfo) -> list[InForce]:
        """Every agreed term with when it was in force, by version; neighbours with the same term are joined."""
        spans: list[InForce] = []
        for n, version in enumerate(self.versions):
            begins = start_of(version.takes_effect_on, zone)
            later = self._superseded_on(n)
            ends = start_of(later, zone) if later else None
            if self.ended_at is not None and (ends is None or ends > self.ended_at):
                ends = self.ended_at
            if ends is not None and ends <= begins:
                continue
            for term in version.terms.values():
                self._add_span(spans, InForce(term, term.owed_by, begins, ends, version.number))
        return spans

    def _superseded_on(self, n: int) -> date | None:
        """The day from which a later version holds, which may overtake one that still waits for its day."""
        return min((v.takes_effect_on for v in self.versions[n + 1 :]), default=None)

    def _add_span(self, spans: list[InForce], span: InForce) -> None:
        staying = []
        for person in span.debtors:
            gone = next((p.at for p in self.partings if p.person_id == person and p.versions >= span.version), None)
            if gone is None:
                staying.append(person)
            elif gone > span.from_at:
                until = gone if span.until_at is None or gone < span.until_at else span.until_at
                self._join(spans, InForce(span.term, (person,), span.from_at, until, span.version))
        if staying or not span.debtors:
            self._join(spans, InForce(span.term, tuple(staying), span.from_at, span.until_at, span.version))

    @staticmethod
    def _join(spans: list[InForce], span: InForce) -> None:
        for n, earlier in enumerate(spans):
            if (earlier.term, earlier.debtors, earlier.until_at) == (span.term, span.debtors, span.from_at):
                spans[n] = InForce(span.term, span.debtors, earlier.from_at, span.until_at, span.version)
                return
        spans.append(span)

    def pauses(self) -> list[tuple[datetime, datetime | None]]:
        """When the agreement stood still: from, until (None: still does)."""
        return list(self.pause_log)

    @property
    def next_review_on(self) -> date | None:
        """The next review's day: 30 days after version 1 took effect, then as the last review set it."""
        if not self.versions or self.state in ENDS:
            return None
        for review in reversed(self.reviews.values()):
            if review.next_review_on is not None:
                return review.next_review_on
        return self.versions[0].takes_effect_on + timedelta(days=30)

    @property
    def running_review(self) -> Review | None:
        """The review that waits for answers, if any."""
        return next((r for r in self.reviews.values() if r.concluded_at is None), None)

    def asked_of(self, prompt: str) -> tuple[UUID, ...]:
        """Who is asked an opening question: `how_to_update` the reports where there are any, else everybody."""
        parties = self.proposal.head.parties if self.proposal and not self.versions else self.parties
        if prompt == "how_to_update" and any(p.role == "report" for p in parties):
            return tuple(p.person_id for p in parties if p.role == "report")
        return tuple(p.person_id for p in parties)

    def answer_shown(self, prompt: str, author: UUID) -> bool:
        """Whether an answer has been shown: its author showed it, or all asked had answered at some time."""
        answer = self.prompt_answers.get(prompt, {}).get(author)
        return answer is not None and (answer.shown or bool(answer.revealed_to))

    def answer_shown_to(self, prompt: str, author: UUID, viewer: UUID) -> bool:
        """Whether a party reads an answer; who is asked later reads what the others said once all have answered."""
        answer = self.prompt_answers.get(prompt, {}).get(author)
        if answer is None or viewer == author or answer.shown:
            return answer is not None
        never_asked = viewer not in self.asked_of(prompt) and viewer not in self.left
        return bool(answer.revealed_to) and (viewer in answer.revealed_to or never_asked)

    def _reveal_answers(self) -> None:
        """Shows what was answered where all asked have answered; not the answers of who is out and reads none."""
        for prompt, answers in self.prompt_answers.items():
            asked = self.asked_of(prompt)
            if not asked or not all(p in answers for p in asked):
                continue
            for person, answer in answers.items():
                if person not in self.left:
                    answers[person] = replace(answer, revealed_to=answer.revealed_to.union(asked, self.people))

    def all_in(self, review: Review) -> bool:
        """Whether every party has answered the review."""
        return all(p in review.answers for p in self.people)

    def term_changed_at(self, term_id: UUID) -> int:
        """The aggregate version at which the term last changed (0 when unknown)."""
        record = self.records.get(term_id)
        return record.changed_at_version if record else 0

    def still_owing(self, head: Head, terms: Iterable[Term]) -> tuple[UUID, ...]:
        """The parties that owe nothing yet under this text."""
        terms = list(terms)
        owing: set[UUID] = set()
        for term in terms:
            if term.kind in OWING_KINDS:
                owing.update(term.owed_by)
        if len(head.parties) >= 3 and any(t.kind == "norm" for t in terms):
            return ()
        return tuple(p for p in head.people if p not in owing)

    def waiting_on(self) -> tuple[UUID, ...]:
        """Whose consent the open proposal waits for; nobody before it is shared."""
        if self.proposal is None or not self.shared:
            return ()
        return tuple(p for p in self.consenting if p not in self.proposal.consents)

    # Guards that many acts share -----------------------------------------------------------------

    def _must_be_party(self, by: UUID) -> None:
        if by not in self.people and by not in self.consenting:
            if by in self.contributors or by in self.grants or by in self.left:
                raise NotYourAct("Only a party of the agreement can do this.")
            raise NotThere

    def _must_be_bound(self, by: UUID) -> None:
        """A party now; somebody whom an open amendment would bring in is not one yet."""
        self._must_be_party(by)
        if by not in self.people:
            raise NotYourAct("Only who is a party already can do this; you join when the amendment is agreed.")

    def _must_be_in(self, *states: str) -> None:
        if self.state not in states:
            self._wrong_state(*states)

    def _wrong_state(self, *states: str) -> NoReturn:
        fitting = " or ".join(STATE_WORDS[s] for s in states)
        raise WrongState(f"The agreement is {STATE_WORDS[self.state]}; this can be done while it is {fitting}.")

    def _must_not_be_over(self) -> None:
        if self.state in ENDS:
            raise WrongState(f"The agreement is {STATE_WORDS[self.state]}; nothing can be added to it.")

    def _new_id(self, what: str) -> UUID:
        """An id for something inside the aggregate, derived so that a repeat derives the same one."""
        return uuid5(self.id, f"{what}:{self.version + 1}")


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """The first instant after a day in that zone: when that day, the last included, is over."""
    return start_of(day + _A_DAY, zone)


def clock(act: Act, at: datetime) -> Act:
    """The same moment of recording, done by nobody, taking effect at `at`."""
    return Act(None, act.at, act.organisation_id, act.command_id, act.zone, at)
