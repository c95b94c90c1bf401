"""The update log of one agreement: updates, asks, escalations and notes on how its terms went.

The log meets its agreement by identifier only; what it must know of it comes with each act, as a
Footing. A guard (`may_...`) raises the refusal that the act itself would raise, so what is allowed
and what is refused cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Self, TypeVar
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from domain.base import Act, Aggregate
from domain.refusals import Invalid, NotThere, NotYourAct, Refusal, WrongState
from domain.updates import events, expectation
from domain.updates.entries import Answer, Answerable, Aside, Ask, Entry, Escalation, Note, Progress, Update
from domain.updates.expectation import MISSED, Excuses, Expected, Given, Key
from domain.updates.footing import Footing
from domain.values import optional_text, text

NOTED_KINDS = ("support", "hands_off", "expectation", "norm")
LEAST_CONFIDENCE, MOST_CONFIDENCE = 1, 5


def update_log_id(agreement_id: UUID) -> UUID:
    """The id of an agreement's update log: each agreement has exactly one."""
    return uuid5(agreement_id, "updates")


E = TypeVar("E", bound=Entry)


class UpdateLog(Aggregate):
    """What was said and noted under one agreement, in the order in which it was recorded."""

    TOPIC = "concord.updates"

    def __init__(self) -> None:
        self.agreement_id: UUID
        self.organisation_id: UUID
        self.entries: dict[UUID, Entry] = {}
        self.progress: list[Progress] = []
        self.given: dict[Key, Given] = {}
        self.missed: dict[Key, datetime] = {}
        self.asides: list[Aside] = []

    @classmethod
    def begin_for(cls, act: Act, agreement_id: UUID) -> Self:
        """A fresh log for an agreement that has none; stored with the first thing recorded in it."""
        return cls.begin(events.UpdateLogOpened, act, update_log_id(agreement_id), agreement_id=agreement_id)

    @classmethod
    def told_elsewhere(
        cls, act: Act, agreement_id: UUID, updates: Iterable[Update], progress: Iterable[Progress]
    ) -> Self:
        """The log of an agreement from elsewhere, whose own stream holds what was said: to be read, never stored."""
        log = cls.begin_for(act, agreement_id)
        log.collect_events()
        log.entries = {update.id: update for update in updates}
        log.progress = list(progress)
        return log

    # What is in it.

    @property
    def updates(self) -> list[Update]:
        """All updates, oldest record first."""
        return list(self._all(Update))

    @property
    def asks(self) -> list[Ask]:
        """All requests for an update outside the cadence."""
        return list(self._all(Ask))

    @property
    def escalations(self) -> list[Escalation]:
        """All escalations."""
        return list(self._all(Escalation))

    @property
    def notes(self) -> list[Note]:
        """All notes on how a term went."""
        return list(self._all(Note))

    def _all(self, kind: type[E]) -> Iterator[E]:
        return (entry for entry in self.entries.values() if isinstance(entry, kind))

    def entry(self, entry_id: UUID, kind: type[E]) -> E:
        """The entry of that name and kind; raises NotThere when there is none."""
        found = self.entries.get(entry_id)
        if not isinstance(found, kind):
            raise NotThere
        return found

    # Guards: who may do what, and when.

    def may_give(self, footing: Footing, act: Act, term_id: UUID, occurrence_on: date | None = None) -> None:
        """Only who owes an update term gives updates on it: ad hoc while it stands, else for an expected day.

        An update for an occurrence is taken from the one before it on, once, and however late while
        the agreement goes on; after its end still until the grace is over.
        """
        person = _party(footing, act)
        term = footing.term_ever(term_id, ("update",))
        key = Key(term_id, person, occurrence_on) if occurrence_on else None
        if not any(person in s.owed_by for s in footing.spans if s.term_id == term.term_id):
            raise NotYourAct("Only who owes this update gives it.")
        if key is None:
            _going_on(footing)
            standing = footing.term_at(term_id, act.happened_at)
            if standing is None or person not in standing.owed_by:
                raise WrongState("You do not owe this update at the moment.")
            return
        slot = expectation.slot_of(footing.spans, key, act.zone)
        if slot is None:
            _going_on(footing)
            raise Invalid(f"No update is expected of you on {key.on} under this term.", field="occurrence_on")
        if act.happened_at > slot.late_after:
            _going_on(footing)
        if act.happened_at < slot.opens_at:
            raise WrongState(f"The update for {key.on} can be given once the one before it has fallen due.")
        if key in self.given and self.entry(self.given[key].update_id, Update).withdrawn_at is None:
            raise WrongState(f"The update for {key.on} is given; correct it, or give one without a day.")

    def may_acknowledge(self, footing: Footing, act: Act, update_id: UUID) -> None:
        """Any other party says once that they have read an update."""
        person = _party(footing, act)
        update = self.entry(update_id, Update)
        _not_own(update, person, "Your own update needs no acknowledgement by you.")
        _standing(update)
        if person in update.acknowledged:
            raise WrongState("You have acknowledged this update already.")

    def may_answer(self, footing: Footing, act: Act, entry_id: UUID, kind: type[Answerable]) -> None:
        """Any other party may answer an update, an escalation or a note."""
        person = _party(footing, act)
        entry = self.entry(entry_id, kind)
        _not_own(entry, person, "The others answer this; you may correct it.")
        _standing(entry)

    def may_ask(self, footing: Footing, act: Act, term_id: UUID) -> None:
        """Any party that an update is owed to may ask for one outside the cadence, while the term stands."""
        person = _party(footing, act)
        footing.term_ever(term_id, ("update",))
        _going_on(footing)
        standing = footing.term_at(term_id, act.happened_at)
        if standing is None:
            raise WrongState("This term is not in force now.")
        if not set(standing.owed_by) - {person}:
            raise NotYourAct("You owe this update yourself; nobody else does.")

    def may_escalate(self, footing: Footing, act: Act, term_id: UUID) -> None:
        """Only who owes an escalation raises it, while its term stands."""
        person = _party(footing, act)
        footing.term_ever(term_id, ("escalation",))
        if not any(person in s.owed_by for s in footing.spans if s.term_id == term_id):
            raise NotYourAct("Only who owes this escalation raises it.")
        _going_on(footing)
        standing = footing.term_at(term_id, act.happened_at)
        if standing is None or person not in standing.owed_by:
            raise WrongState("You do not owe this escalation at the moment.")

    def may_note(self, footing: Footing, act: Act, term_id: UUID) -> None:
        """Either side may note how a support, hands_off, expectation or norm went."""
        _party(footing, act)
        footing.term_ever(term_id, NOTED_KINDS)
        _going_on(footing)

    def may_correct(self, footing: Footing, act: Act, entry_id: UUID, kind: type[Entry] = Entry) -> None:
        """Authors correct or withdraw their own updates, notes, answers and escalations, in every state."""
        person = _party(footing, act)
        entry = self.entry(entry_id, kind)
        if isinstance(entry, Ask) or entry.by != person:
            raise NotYourAct("Only its author may correct or withdraw this.")
        _standing(entry)

    def allowed_acts(self, footing: Footing, act: Act) -> list[str]:
        """What this person may begin now, by name, from the guards that refuse: for whatever term it may be."""
        terms = {s.term_id: s.kind for s in footing.spans}
        guards: dict[str, Callable[[UUID], None]] = {
            "give_update": lambda term_id: self._may_give_somehow(footing, act, term_id),
            "ask_for_update": lambda term_id: self.may_ask(footing, act, term_id),
            "raise_escalation": lambda term_id: self.may_escalate(footing, act, term_id),
            "note": lambda term_id: self.may_note(footing, act, term_id),
        }
        return [
            name
            for name, guard in guards.items()
            if any(_passes(lambda guard=guard, term_id=term_id: guard(term_id)) for term_id in terms)  # type: ignore[misc]
        ]

    def entry_acts(self, footing: Footing, act: Act, entry_id: UUID) -> list[str]:
        """What this person may do with one entry now, by name, from the guards that refuse."""
        guards: dict[str, Callable[[], None]] = {
            "acknowledge": lambda: self.may_acknowledge(footing, act, entry_id),
            "answer": lambda: self.may_answer(footing, act, entry_id, Answerable),
            "correct": lambda: self.may_correct(footing, act, entry_id),
            "withdraw": lambda: self.may_correct(footing, act, entry_id),
        }
        return [name for name, guard in guards.items() if _passes(guard)]

    def _may_give_somehow(self, footing: Footing, act: Act, term_id: UUID) -> None:
        # Ad hoc is possible wherever the agreement goes on; afterwards only the last days' may still come.
        if footing.goes_on:
            self.may_give(footing, act, term_id)
            return
        of_term = (s for s in footing.spans if s.term_id == term_id)
        slots = expectation.slots(of_term, act.today - timedelta(days=366), act.today, act.zone)
        days = {slot.key.on for slot in slots if slot.late_after >= act.happened_at}
        if not any(_passes(lambda on=on: self.may_give(footing, act, term_id, on)) for on in days):  # type: ignore[misc]
            _going_on(footing)

    # Decisions.

    def give_update(
        self,
        act: Act,
        footing: Footing,
        update_id: UUID,
        *,
        term_id: UUID,
        text: str,
        occurrence_on: date | None = None,
        confidence: int | None = None,
    ) -> None:
        """A debtor gives an update, for an occurrence or ad hoc."""
        self.may_give(footing, act, term_id, occurrence_on)
        if confidence is not None and not LEAST_CONFIDENCE <= confidence <= MOST_CONFIDENCE:
            raise Invalid("Confidence goes from 1 (low) to 5 (high).", field="confidence")
        self.record(
            events.UpdateGiven,
            act,
            update_id=update_id,
            term_id=term_id,
            occurrence_on=occurrence_on,
            text=_said(text),
            confidence=confidence,
            use=footing.use,
        )

    def acknowledge(self, act: Act, footing: Footing, update_id: UUID) -> None:
        """Another party has read the update."""
        self.may_acknowledge(footing, act, update_id)
        self.record(events.UpdateAcknowledged, act, update_id=update_id)

    def answer_update(self, act: Act, footing: Footing, update_id: UUID, answer_id: UUID, *, text: str) -> None:
        """Another party answers the update."""
        self.may_answer(footing, act, update_id, Update)
        self.record(
            events.UpdateAnswered, act, answer_id=answer_id, update_id=update_id, text=_said(text), use=footing.use
        )

    def ask(self, act: Act, footing: Footing, ask_id: UUID, *, term_id: UUID, text: str | None = None) -> None:
        """Asks all who owe the update, save oneself, for one outside the cadence."""
        self.may_ask(footing, act, term_id)
        standing = footing.term_at(term_id, act.happened_at)
        asked_of = tuple(p for p in standing.owed_by if p != act.person) if standing else ()
        self.record(
            events.UpdateAskedFor,
            act,
            ask_id=ask_id,
            term_id=term_id,
            asked_of=asked_of,
            text=optional_text(text, "text"),
            use=footing.use,
        )

    def raise_escalation(
        self,
        act: Act,
        footing: Footing,
        escalation_id: UUID,
        *,
        term_id: UUID,
        text: str,
        happened_at: datetime,
        noticed_at: datetime | None = None,
    ) -> None:
        """A debtor tells, now, of what happened then and was noticed then."""
        self.may_escalate(footing, act, term_id)
        happened_at = _past(happened_at, act, "happened_at")
        if noticed_at is not None:
            noticed_at = _past(noticed_at, act, "noticed_at")
            if noticed_at < happened_at:
                raise Invalid("It cannot have been noticed before it happened.", field="noticed_at")
        self.record(
            events.EscalationRaised,
            act,
            escalation_id=escalation_id,
            term_id=term_id,
            incident_at=happened_at,
            noticed_at=noticed_at,
            text=_said(text),
            use=footing.use,
        )

    def answer_escalation(self, act: Act, footing: Footing, escalation_id: UUID, answer_id: UUID, *, text: str) -> None:
        """Another party answers the escalation."""
        self.may_answer(footing, act, escalation_id, Escalation)
        self.record(
            events.EscalationAnswered,
            act,
            answer_id=answer_id,
            escalation_id=escalation_id,
            text=_said(text),
            use=footing.use,
        )

    def note(
        self, act: Act, footing: Footing, note_id: UUID, *, term_id: UUID, on: date, kept: bool, text: str | None = None
    ) -> None:
        """Either side notes how a term went on a day on which it stood, today at the latest."""
        self.may_note(footing, act, term_id)
        if on > act.today:
            raise Invalid(f"{on} has not come yet; note how it went afterwards.", field="on")
        if footing.term_on(term_id, on, act.zone) is None:
            raise Invalid(f"This term was not in force on {on}.", field="on")
        self.record(
            events.NoteMade,
            act,
            note_id=note_id,
            term_id=term_id,
            noted_on=on,
            kept=kept,
            text=optional_text(text, "text"),
            use=footing.use,
        )

    def answer_note(self, act: Act, footing: Footing, note_id: UUID, answer_id: UUID, *, text: str) -> None:
        """Another party answers the note; noting otherwise is a note of their own."""
        self.may_answer(footing, act, note_id, Note)
        self.record(events.NoteAnswered, act, answer_id=answer_id, note_id=note_id, text=_said(text), use=footing.use)

    def correct(self, act: Act, footing: Footing, entry_id: UUID, *, text: str, kind: type[Entry] = Entry) -> None:
        """The author's new words are shown; the old ones stay in the history, times and adherence as they were."""
        self.may_correct(footing, act, entry_id, kind)
        self.record(events.EntryCorrected, act, entry_id=entry_id, text=_said(text))

    def withdraw(
        self, act: Act, footing: Footing, entry_id: UUID, *, reason: str | None = None, kind: type[Entry] = Entry
    ) -> None:
        """The author's words are shown no more; they stay in the history, times and adherence as they were."""
        self.may_correct(footing, act, entry_id, kind)
        self.record(events.EntryWithdrawn, act, entry_id=entry_id, reason=optional_text(reason, "reason"))

    def record_missed(self, act: Act, footing: Footing, excuses: Excuses) -> list[Key]:
        """Records every occurrence whose grace is over with nothing given, once each; returns what it recorded.

        Each takes effect when its grace was over, however late the clock comes round to it.
        """
        last_missed = max((key.on for key in self.missed), default=None)
        fresh = [
            one
            for from_on, until_on in _years(footing, act, last_missed)
            for one in self.expected(footing, excuses, from_on, until_on, act.at, act.zone)
            if one.status == MISSED and one.slot.key not in self.missed
        ]
        for one in fresh:
            key = one.slot.key
            self.record(
                events.UpdateMissed,
                replace(act, by=None, effective_at=one.slot.late_after),
                term_id=key.term_id,
                debtor_id=key.debtor_id,
                occurrence_on=key.on,
                due_at=one.slot.due_at,
            )
        return [one.slot.key for one in fresh]

    def set_aside(self, act: Act, term_id: UUID, period_id: UUID, debtors: Iterable[UUID], until: date) -> None:
        """An imbalance period sets a term aside for these debtors; said again it changes the last day at most."""
        lasting = {a.debtor_id: a.until for a in self._lasting(term_id, period_id)}
        fresh = tuple(debtor for debtor in debtors if lasting.get(debtor) != until)
        if fresh:
            self.record(events.TermSetAside, act, term_id=term_id, period_id=period_id, debtors=fresh, until=until)

    def take_up_again(self, act: Act, term_id: UUID, period_id: UUID, *, but: Iterable[UUID] = ()) -> None:
        """The term holds again for everybody for whom this period set it aside, `but` for these."""
        kept = set(but)
        over = tuple(a.debtor_id for a in self._lasting(term_id, period_id) if a.debtor_id not in kept)
        if over:
            self.record(events.TermTakenUpAgain, act, term_id=term_id, period_id=period_id, debtors=over)

    def _lasting(self, term_id: UUID, period_id: UUID) -> Iterator[Aside]:
        return (a for a in self.asides if (a.term_id, a.period_id) == (term_id, period_id) and a.until_at is None)

    def expected(
        self, footing: Footing, excuses: Excuses, from_on: date, until_on: date, now: datetime, zone: ZoneInfo
    ) -> list[Expected]:
        """The expected updates of a window with their status at `now`, by due time."""
        return expectation.expected(
            footing.spans, excuses, self.given, from_on=from_on, until_on=until_on, now=now, zone=zone
        )

    # Appliers.

    def _update_log_opened(self, fact: events.UpdateLogOpened) -> None:
        self.agreement_id = fact.agreement_id
        self.organisation_id = fact.organisation_id

    def _update_given(self, fact: events.UpdateGiven) -> None:
        self.entries[fact.update_id] = Update(
            id=fact.update_id,
            by=fact.actor_id,
            at=fact.effective_at,
            text=fact.text,
            use=fact.use,
            term_id=fact.term_id,
            occurrence_on=fact.occurrence_on,
            confidence=fact.confidence,
        )
        if fact.occurrence_on is not None and fact.actor_id is not None:
            # The first one counts: giving again after a withdrawal moves no time.
            key = Key(fact.term_id, fact.actor_id, fact.occurrence_on)
            first = self.given.get(key)
            self.given[key] = Given(fact.update_id, fact.effective_at if first is None else first.at)

    def _update_missed(self, fact: events.UpdateMissed) -> None:
        self.missed[Key(fact.term_id, fact.debtor_id, fact.occurrence_on)] = fact.effective_at

    def _term_set_aside(self, fact: events.TermSetAside) -> None:
        lasting = {a.debtor_id: a for a in self._lasting(fact.term_id, fact.period_id)}
        for debtor in fact.debtors:
            if debtor in lasting:
                lasting[debtor].until = fact.until
            else:
                self.asides.append(Aside(fact.term_id, fact.period_id, debtor, fact.effective_at, fact.until))

    def _term_taken_up_again(self, fact: events.TermTakenUpAgain) -> None:
        for aside in list(self._lasting(fact.term_id, fact.period_id)):
            if aside.debtor_id in fact.debtors:
                aside.until_at = fact.effective_at

    def _update_asked_for(self, fact: events.UpdateAskedFor) -> None:
        self.entries[fact.ask_id] = Ask(
            id=fact.ask_id,
            by=fact.actor_id,
            at=fact.effective_at,
            text=fact.text,
            use=fact.use,
            term_id=fact.term_id,
            asked_of=fact.asked_of,
        )

    def _update_acknowledged(self, fact: events.UpdateAcknowledged) -> None:
        if fact.actor_id is not None:
            self.entry(fact.update_id, Update).acknowledged[fact.actor_id] = fact.effective_at

    def _update_answered(self, fact: events.UpdateAnswered) -> None:
        self._answered(fact, fact.update_id)

    def _escalation_raised(self, fact: events.EscalationRaised) -> None:
        self.entries[fact.escalation_id] = Escalation(
            id=fact.escalation_id,
            by=fact.actor_id,
            at=fact.effective_at,
            text=fact.text,
            use=fact.use,
            term_id=fact.term_id,
            happened_at=fact.incident_at,
            noticed_at=fact.noticed_at,
        )

    def _escalation_answered(self, fact: events.EscalationAnswered) -> None:
        self._answered(fact, fact.escalation_id)

    def _note_made(self, fact: events.NoteMade) -> None:
        self.entries[fact.note_id] = Note(
            id=fact.note_id,
            by=fact.actor_id,
            at=fact.effective_at,
            text=fact.text,
            use=fact.use,
            term_id=fact.term_id,
            on=fact.noted_on,
            kept=fact.kept,
        )

    def _note_answered(self, fact: events.NoteAnswered) -> None:
        self._answered(fact, fact.note_id)

    def _answered(
        self, fact: events.UpdateAnswered | events.EscalationAnswered | events.NoteAnswered, to: UUID
    ) -> None:
        answer = Answer(id=fact.answer_id, by=fact.actor_id, at=fact.effective_at, text=fact.text, use=fact.use, to=to)
        self.entries[answer.id] = answer
        self.entry(to, Answerable).answers.append(answer)

    def _entry_corrected(self, fact: events.EntryCorrected) -> None:
        entry = self.entries[fact.entry_id]
        entry.text, entry.corrected_at = fact.text, fact.effective_at

    def _entry_withdrawn(self, fact: events.EntryWithdrawn) -> None:
        entry = self.entries[fact.entry_id]
        entry.text, entry.withdrawn_at = None, fact.effective_at


def _party(footing: Footing, act: Act) -> UUID:
    if act.person not in footing.parties:
        raise NotYourAct("Only the parties of the agreement do this.")
    return act.person


def _going_on(footing: Footing) -> None:
    if not footing.goes_on:
        raise WrongState(f"Nothing more is recorded here: the agreement is {footing.state.replace('_', ' ')}.")


def _not_own(entry: Entry, person: UUID, sentence: str) -> None:
    if entry.by == person:
        raise NotYourAct(sentence)


def _standing(entry: Entry) -> None:
    if entry.withdrawn_at is not None:
        raise WrongState("Its author has withdrawn this.")


def _said(value: str) -> str:
    return text(value, "text")


def _past(instant: datetime, act: Act, name: str) -> datetime:
    if instant.tzinfo is None:
        raise Invalid("This needs a time with its offset from UTC.", field=name)
    if instant > act.happened_at:
        raise Invalid("This lies in the future.", field=name)
    return instant.astimezone(UTC)


def _years(footing: Footing, act: Act, last_missed: date | None) -> Iterator[tuple[date, date]]:
    """From the beginning, or a year before the last one missed, to today: a year at a time."""
    begun = min((s.from_at for s in footing.spans), default=act.at).astimezone(act.zone).date()
    if last_missed is not None:
        begun = max(begun, last_missed - timedelta(days=366))
    while begun <= act.today:
        until = min(begun + timedelta(days=365), act.today)
        yield begun, until
        begun = until + timedelta(days=1)


def _passes(guard: Callable[[], None]) -> bool:
    try:
        guard()
    except Refusal:
        return False
    return True
