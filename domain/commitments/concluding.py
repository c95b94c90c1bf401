"""How a commitment goes and ends: notes, done and its answer, taking back, letting go, attesting, last words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from domain import durations
from domain.base import Act
from domain.commitments import events as e
from domain.commitments.away import NOBODY, Away, waits_until
from domain.commitments.changing import AGREED, Changing
from domain.commitments.state import (
    CANCELLED,
    CREDITORS,
    DEBTORS,
    ENDS,
    KEPT,
    LAPSED,
    PROMISED,
    RELEASED,
    RENEGED,
    REPORTED,
    SUSPENDED,
    Attestation,
    Note,
    Remark,
    Report,
    Stop,
)
from domain.refusals import Invalid, NotThere, NotYourAct, ReopenOver, WrongState
from domain.values import optional_text, text

REOPENS_WITHIN = timedelta(days=7)
MOST_EVIDENCE = 50
KEPT_WORDS = ("kept", "partly", "not")


class Concluding(Changing):
    """The second half of the conversation."""

    # Underway -------------------------------------------------------------------------------------

    def report_progress(self, act: Act, note_id: UUID, said: str) -> None:
        """A debtor says how it goes."""
        self.may_note(act)
        self.record(e.ProgressNoted, act, note_id=note_id, text=text(said, "text"))

    def flag_at_risk(self, act: Act, note_id: UUID, said: str) -> None:
        """A debtor warns early, which is a credit to them."""
        self.may_note(act)
        self.record(e.RiskFlagged, act, note_id=note_id, text=text(said, "text"))

    def correct_note(self, act: Act, note_id: UUID, said: str) -> None:
        """The author puts a note right; the old text stays in the history."""
        self.may_amend_note(act, note_id)
        self.record(e.NoteCorrected, act, note_id=note_id, text=text(said, "text"))

    def withdraw_note(self, act: Act, note_id: UUID, reason: str | None = None) -> None:
        """The author takes a note back."""
        self.may_amend_note(act, note_id)
        self.record(e.NoteWithdrawn, act, note_id=note_id, reason=optional_text(reason, "reason"))

    def attest(self, act: Act, period: date, kept: str, said: str | None = None) -> None:
        """A side says how a period of an impact went (`kept`, `partly`, `not`); saying it again replaces their word.

        The period is a day on which the cadence fell due, or any day that is over where there is none.
        """
        side = self.may_attest(act)
        if kept not in KEPT_WORDS:
            raise Invalid(f"A period is one of {', '.join(KEPT_WORDS)}.", field="kept")
        first = (self.promised_at or self.opened_at).astimezone(act.zone).date()
        if not first <= period <= act.today:
            raise Invalid("This period is not over yet, or lies before the promise.", field="period")
        cadence = self.content.cadence
        if cadence is not None and not any(True for _ in cadence.occurrences(period, period)):
            raise Invalid("Its cadence does not fall due on that day.", field="period")
        self.record(e.PeriodAttested, act, period=period, side=side, kept=kept, text=optional_text(said, "text"))

    # Done -----------------------------------------------------------------------------------------

    def done(self, act: Act, evidence: Sequence[str] = (), learned: str | None = None) -> None:
        """A debtor says that it is done; the clock stands still until that is answered."""
        self.may_report_done(act)
        if len(evidence) > MOST_EVIDENCE:
            raise Invalid(f"At most {MOST_EVIDENCE} pieces of evidence, please.", field="evidence")
        shown = tuple(text(one, "evidence", most=2_000) for one in evidence)
        self.record(e.DoneReported, act, evidence=shown, learned=optional_text(learned, "learned"))

    def retract_done(self, act: Act) -> None:
        """The debtors take that back; the time since then counts, unless it was kept and reopened meanwhile."""
        self.may_retract_done(act)
        running = not self.causes
        stop = None if self.was_reopened else self._report_stop()
        due = self._due_on_running_again(act.happened_at, act.zone, without=stop) if running else None
        self.record(e.DoneRetracted, act, due=due)

    def confirm(self, act: Act, conditions_met: Sequence[int] | None = None, thanks: str | None = None) -> None:
        """A creditor says that it is kept; `conditions_met` are the numbers of the met ones, from 0 (None: all)."""
        self.may_answer_done(act)
        many = len(self.content.conditions)
        met = tuple(range(many)) if conditions_met is None else tuple(sorted(set(conditions_met)))
        if any(not 0 <= n < many for n in met):
            raise Invalid(f"Conditions are numbered from 0 to {many - 1}." if many else "There are no conditions.",
                          field="conditions_met")  # fmt: skip
        self.record(e.DoneConfirmed, act, conditions_met=met, thanks=optional_text(thanks, "thanks"))

    def return_(self, act: Act, missing: str) -> None:
        """A creditor says what is missing; it runs again, and the time that it stood still is added."""
        self.may_answer_done(act)
        due = self._due_on_running_again(act.happened_at, act.zone) if not self.causes else None
        self.record(e.DoneReturned, act, missing=text(missing, "missing"), due=due)

    def reopen(self, act: Act, reason: str, away: Away = NOBODY) -> None:
        """A creditor finds soon after that it is not kept after all; once. `away` says when people are."""
        self.may_reopen(act, away)
        self.record(e.CommitmentReopened, act, reason=text(reason, "reason"))

    def refuse_reopening(self, act: Act, said: str) -> None:
        """A debtor stands by it: kept, and contested."""
        self.may_refuse_reopening(act)
        self.record(e.ReopeningRefused, act, text=text(said, "text"))

    # Letting go -----------------------------------------------------------------------------------

    def release(self, act: Act, reason: str | None = None, *, nobody_left: bool = False) -> None:
        """A creditor lets the debtors go; so may a debtor once nobody can act for the creditors (`nobody_left`)."""
        self.may_release(act, nobody_left=nobody_left)
        cause = "nobody_left" if self.side_of(act) == DEBTORS else "creditor"
        self.record(e.CommitmentReleased, act, reason=optional_text(reason, "reason"), cause=cause)

    def cancel(self, act: Act, reason: str | None = None, *, nobody_left: bool = False) -> None:
        """A creditor says that the need is gone; `nobody_left` where nobody can act for the debtors any more."""
        self.may_cancel(act)
        cause = "nobody_left" if nobody_left else "creditor"
        self.record(e.CommitmentCancelled, act, reason=optional_text(reason, "reason"), cause=cause)

    def renege(self, act: Act, reason: str) -> None:
        """A debtor takes the promise back and says why."""
        self.may_renege(act)
        self.record(e.CommitmentReneged, act, reason=text(reason, "reason"))

    def annotate(self, act: Act, note_id: UUID, said: str) -> None:
        """Either side adds something to what is over."""
        self.may_remark(act)
        self.record(e.EndAnnotated, act, note_id=note_id, text=text(said, "text"))

    def contest(self, act: Act, note_id: UUID, said: str) -> None:
        """Either side says that they see the end differently."""
        self.may_remark(act)
        self.record(e.EndContested, act, note_id=note_id, text=text(said, "text"))

    # Who may, in which state ----------------------------------------------------------------------

    def may_note(self, act: Act) -> None:
        """Refuses unless a debtor speaks of what is promised."""
        self._must_be_on(act, DEBTORS)
        self._must_be_in(PROMISED)

    def may_amend_note(self, act: Act, note_id: UUID) -> None:
        """Refuses unless it is the acting person's own note and has not been taken back."""
        self._must_be_on(act, DEBTORS, CREDITORS)
        note = self.notes.get(note_id)
        if note is None:
            raise NotThere
        if note.by != act.by:
            raise NotYourAct("Only who wrote it can change it.")
        if note.withdrawn:
            raise WrongState("This note was taken back.")

    def may_attest(self, act: Act) -> str:
        """Refuses unless it is a promised impact; answers the acting person's side."""
        side = self._must_be_on(act, DEBTORS, CREDITORS)
        if self.content.level != "impact":
            raise WrongState("Only of an impact periods are attested.")
        self._must_be_in(PROMISED)
        return side

    def may_report_done(self, act: Act) -> None:
        """Refuses unless it is a promised or suspended task or result of the acting debtor."""
        self._must_be_on(act, DEBTORS)
        self._must_be_in(PROMISED, SUSPENDED)
        if self.content.level == "impact":
            raise WrongState("An impact lasts: attest its periods, and conclude it together.")

    def words_stay_until(self, retention: str, zone: ZoneInfo) -> datetime | None:
        """How long what was promised stays readable once somebody in it was erased; None before its end."""
        if self.ended_at is None or not self.is_binding:
            return None
        return durations.parse(retention).after_instant(self.ended_at, zone)

    def erase_words(self, act: Act, retention: str) -> None:
        """Lets go of what was promised, once that time is over; a second time it says nothing."""
        until = self.words_stay_until(retention, act.zone)
        if until is None or act.at < until:
            raise WrongState("What was promised here is still kept.")
        if self.words_erased_at is None:
            self.record(e.WordsErased, act)

    def may_retract_done(self, act: Act) -> None:
        """Refuses unless the debtors' report waits for its answer."""
        self._must_be_on(act, DEBTORS)
        self._must_be_in(REPORTED)

    def may_answer_done(self, act: Act) -> None:
        """Refuses unless a report waits for a creditor."""
        self._must_be_on(act, CREDITORS)
        self._must_be_in(REPORTED)

    def may_reopen(self, act: Act, away: Away = NOBODY) -> None:
        """Refuses unless it was kept within the last seven days, and was never reopened."""
        self._must_be_on(act, CREDITORS)
        self._must_be_in(KEPT)
        if self.reopened:
            raise ReopenOver("It was reopened once already; you can contest it.")
        if self.end_cause == "concluded":
            raise WrongState("You concluded this together; it is not reopened, but can be contested.")
        assert self.ended_at is not None
        if act.happened_at >= waits_until(self.ended_at, REOPENS_WITHIN, self.content.owed_to, away, act.zone):
            raise ReopenOver("The seven days in which it can be reopened are over; you can contest it.")

    def may_refuse_reopening(self, act: Act) -> None:
        """Refuses unless a creditor reopened it and nothing was answered since."""
        self._must_be_on(act, DEBTORS)
        self._must_be_in(REPORTED)
        if not self.was_reopened:
            raise WrongState("Nothing was reopened.")

    def may_release(self, act: Act, *, nobody_left: bool = False) -> None:
        """Refuses unless a creditor acts, or nobody is left who could."""
        self._must_be_on(act, *((DEBTORS, CREDITORS) if nobody_left else (CREDITORS,)))
        self._must_be_in(PROMISED, SUSPENDED)

    def may_cancel(self, act: Act) -> None:
        """Refuses unless a creditor acts."""
        self._must_be_on(act, CREDITORS)
        self._must_be_in(PROMISED, SUSPENDED)

    def may_renege(self, act: Act) -> None:
        """Refuses unless a debtor acts."""
        self._must_be_on(act, DEBTORS)
        self._must_be_in(PROMISED, SUSPENDED)

    def may_remark(self, act: Act) -> None:
        """Refuses unless it is over and the acting person is on a side."""
        self._must_be_on(act, DEBTORS, CREDITORS)
        self._must_be_in(*sorted(ENDS))

    @property
    def was_reopened(self) -> bool:
        """Whether what waits for an answer is a reopening."""
        return self.state == REPORTED and bool(self.reports) and self.reports[-1].answer == "reopened"

    # Appliers -------------------------------------------------------------------------------------

    def _progress_noted(self, fact: e.ProgressNoted) -> None:
        self._noted(fact, "progress")

    def _risk_flagged(self, fact: e.RiskFlagged) -> None:
        self._noted(fact, "risk")

    def _noted(self, fact: e.ProgressNoted | e.RiskFlagged, kind: str) -> None:
        self.notes[fact.note_id] = Note(fact.note_id, kind, fact.actor_id, fact.effective_at, fact.text)
        self.last_word_at = fact.effective_at

    def _note_corrected(self, fact: e.NoteCorrected) -> None:
        note = self.notes.get(fact.note_id)
        if note is not None:
            note.earlier.append(note.text)
            note.text = fact.text

    def _note_withdrawn(self, fact: e.NoteWithdrawn) -> None:
        note = self.notes.get(fact.note_id)
        if note is not None:
            note.withdrawn = True

    def _period_attested(self, fact: e.PeriodAttested) -> None:
        said = Attestation(fact.period, fact.side, fact.kept, fact.text, fact.actor_id, fact.effective_at)
        self.attestations[fact.period, fact.side] = said
        self.last_word_at = fact.effective_at

    def _done_reported(self, fact: e.DoneReported) -> None:
        self.state = REPORTED
        self.reports.append(Report(fact.actor_id, fact.effective_at, fact.evidence, fact.learned))
        self._stand_still(fact.effective_at, Stop(fact.effective_at, REPORTED))
        self.last_word_at = fact.effective_at

    def _done_retracted(self, fact: e.DoneRetracted) -> None:
        stop, reopened = self._report_stop(), self.was_reopened
        if stop is not None and reopened:
            stop.until_at = fact.effective_at
        elif stop is not None:
            # What a debtor retracts stopped nothing.
            self.stops.remove(stop)
        self._answered(fact, "retracted")
        self._go_on(fact, REPORTED if reopened else AGREED)

    def _done_confirmed(self, fact: e.DoneConfirmed) -> None:
        report = self._answered(fact, "confirmed")
        if report is not None:
            report.conditions_met, report.thanks = fact.conditions_met, fact.thanks
        self._over(fact, KEPT, None, "confirmed")

    def _done_unanswered(self, fact: e.DoneUnanswered) -> None:
        self._answered(fact, "unanswered")
        self._over(fact, KEPT, None, "unanswered")

    def _done_returned(self, fact: e.DoneReturned) -> None:
        report = self._answered(fact, "returned")
        if report is not None:
            report.missing = fact.missing
        stop = self._report_stop()
        if stop is not None:
            stop.until_at = fact.effective_at
        self._go_on(fact, REPORTED)

    def _commitment_reopened(self, fact: e.CommitmentReopened) -> None:
        self.reopened.append((fact.effective_at, fact.actor_id, fact.reason))
        if self.report is not None:
            self.report.answer = "reopened"
        self.state = REPORTED
        self.ended_at = self.ended_by = self.end_cause = None
        self.last_word_at = fact.effective_at

    def _reopening_refused(self, fact: e.ReopeningRefused) -> None:
        self.reopening_refused = True
        if self.report is not None:
            self.report.answer = "confirmed"
        self._over(fact, KEPT, fact.text, "confirmed")

    def _commitment_released(self, fact: e.CommitmentReleased) -> None:
        self._over(fact, RELEASED, fact.reason, fact.cause)

    def _commitment_cancelled(self, fact: e.CommitmentCancelled) -> None:
        self._over(fact, CANCELLED, fact.reason, fact.cause)

    def _commitment_reneged(self, fact: e.CommitmentReneged) -> None:
        self._over(fact, RENEGED, fact.reason)

    def _commitment_concluded(self, fact: e.CommitmentConcluded) -> None:
        change = self.changes.get(fact.change_id)
        if change is not None:
            self._settle(change, "made", fact)
        self._over(fact, KEPT, None, "concluded")

    def _commitment_lapsed(self, fact: e.CommitmentLapsed) -> None:
        self._over(fact, LAPSED, None, "silence")

    def _words_erased(self, fact: e.WordsErased) -> None:
        self.words_erased_at = fact.effective_at

    def _end_annotated(self, fact: e.EndAnnotated) -> None:
        self.remarks.append(Remark(fact.note_id, "annotation", fact.actor_id, fact.effective_at, fact.text))

    def _end_contested(self, fact: e.EndContested) -> None:
        self.remarks.append(Remark(fact.note_id, "contest", fact.actor_id, fact.effective_at, fact.text))

    # Inside ---------------------------------------------------------------------------------------

    def _report_stop(self) -> Stop | None:
        return next((s for s in reversed(self.stops) if s.cause == REPORTED and s.until_at is None), None)

    def _answered(
        self, fact: e.DoneConfirmed | e.DoneReturned | e.DoneRetracted | e.DoneUnanswered, answer: str
    ) -> Report | None:
        report = self.report
        if report is not None:
            report.answer, report.answered_at, report.answered_by = answer, fact.effective_at, fact.actor_id
        if fact.actor_id is not None:
            self.last_word_at = fact.effective_at
        return report

    def _go_on(self, fact: e.DoneReturned | e.DoneRetracted, cause: str) -> None:
        if self.causes:
            self.state = SUSPENDED
        else:
            self.state = PROMISED
            self._run_again(fact.effective_at, fact.due, cause)
