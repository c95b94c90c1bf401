"""Consent to an exact text, what it makes, and amendments to what is in force."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from domain.agreements import events as e
from domain.agreements.drafting import Drafting
from domain.agreements.state import (
    DRAFTING,
    ENDING,
    IN_FORCE,
    PARTY_LEFT,
    PAUSED,
    Asked,
    Change,
    Consent,
    Going,
    Proposal,
    Version,
)
from domain.agreements.terms import HEAD_FIELDS, Head, Party, in_reading_order, term_without
from domain.base import Act, Fact
from domain.refusals import AmendmentNone, AmendmentOpen, DatePast, NotYourAct, OneSided, StaleConsent, WrongState
from domain.values import optional_text, text


class Consenting(Drafting):
    """Nothing comes into force that some party did not consent to, word for word."""

    def give_consent(self, act: Act, revision: int, content_hash: str) -> None:
        """Consents to one revision with one hash; the last consent makes the next version.

        Refuses a text that is not the current one (saying what changed since), a text under which
        some party owes nothing, and, for version 1, a party that has not written anything yet.
        """
        self.may_consent(act.person)
        proposal = self._open_proposal()
        self._check_current(proposal, revision, content_hash)
        if act.person in proposal.consents:
            raise WrongState("You have consented to this text already.")
        self._check_two_sided(act.person, proposal)
        self._check_not_over(act.today, proposal)
        self.record(e.ConsentGiven, act, revision=revision, content_hash=content_hash)
        if not self.waiting_on():
            self._make_version(act, proposal)

    def withdraw_consent(self, act: Act) -> None:
        """Takes one's own consent to the open proposal back."""
        self.may_withdraw_consent(act.person)
        self.record(e.ConsentWithdrawn, act)

    def ask_for_changes(self, act: Act, note: str) -> None:
        """Says what would have to change before one consents; takes one's own consent back if given."""
        self.may_ask_for_changes(act.person)
        words = text(note, "note")
        if act.person in self._open_proposal().consents:
            self.record(e.ConsentWithdrawn, act)
        self.record(e.ChangesAsked, act, note=words)

    def open_amendment(self, act: Act, reason: str, *, clerical: bool = False) -> None:
        """Opens a new proposal on the newest version; that one stays valid meanwhile."""
        self.may_open_amendment(act.person)
        self.record(e.AmendmentOpened, act, reason=text(reason, "reason", most=2_000), clerical=clerical)

    def retract_amendment(self, act: Act, reason: str | None = None) -> None:
        """Its opener takes the amendment back."""
        self.may_retract_amendment(act.person)
        self.record(e.AmendmentRetracted, act, reason=optional_text(reason, "reason"))

    def decline_amendment(self, act: Act, reason: str | None = None) -> None:
        """Another party declines the amendment."""
        self.may_decline_amendment(act.person)
        self.record(e.AmendmentDeclined, act, reason=optional_text(reason, "reason"))

    # Who may, in which state ----------------------------------------------------------------------

    def may_consent(self, by: UUID) -> None:
        """Refuses unless a shared proposal is open and `by` is one of those who consent to it."""
        self._must_be_party(by)
        self._open_proposal()
        if not self.shared:
            raise WrongState("The draft has not been shared yet; consent is given to a text that both can see.")

    def may_withdraw_consent(self, by: UUID) -> None:
        """Refuses unless `by` has consented to the open proposal."""
        self.may_consent(by)
        if by not in self._open_proposal().consents:
            raise WrongState("You have not consented to this text, so there is nothing to take back.")

    def may_ask_for_changes(self, by: UUID) -> None:
        """Refuses unless a shared proposal is open."""
        self.may_consent(by)

    def may_open_amendment(self, by: UUID) -> None:
        """Refuses unless the agreement is in force or paused, with no amendment open."""
        self._must_be_bound(by)
        self._must_be_in(IN_FORCE, PAUSED)
        if self.proposal is not None:
            raise AmendmentOpen("An amendment is open already; it has to be agreed, retracted or declined first.")

    def may_retract_amendment(self, by: UUID) -> None:
        """Refuses unless `by` opened the open amendment."""
        self._must_be_party(by)
        if by != self._open_amendment().opened_by:
            raise NotYourAct("Only who opened the amendment can retract it; you can decline it.")

    def may_decline_amendment(self, by: UUID) -> None:
        """Refuses unless an amendment is open that another party opened."""
        self._must_be_party(by)
        if by == self._open_amendment().opened_by:
            raise NotYourAct("You opened this amendment: you can retract it, not decline it.")

    # Appliers -------------------------------------------------------------------------------------

    def _consent_given(self, fact: e.ConsentGiven) -> None:
        if self.proposal is not None and fact.actor_id is not None:
            self.proposal.consents[fact.actor_id] = Consent(
                fact.actor_id, fact.revision, fact.content_hash, fact.effective_at
            )
            self.proposal.voided.pop(fact.actor_id, None)

    def _consent_withdrawn(self, fact: e.ConsentWithdrawn) -> None:
        if self.proposal is not None and fact.actor_id is not None:
            self.proposal.consents.pop(fact.actor_id, None)

    def _changes_asked(self, fact: e.ChangesAsked) -> None:
        if self.proposal is not None and fact.actor_id is not None:
            self.proposal.asked.append(Asked(fact.actor_id, fact.effective_at, fact.note))

    def _version_made(self, fact: e.VersionMade) -> None:
        head = Head(**{name: getattr(fact, name) for name in HEAD_FIELDS})
        proposal = self.proposal
        consents = tuple(proposal.consents.values()) if proposal else ()
        before = self.parties if self.versions else ()
        self.versions.append(
            Version(
                fact.number,
                head,
                {t.id: t for t in fact.terms},
                fact.takes_effect_on,
                fact.effective_at,
                fact.content_hash,
                consents,
                proposal.opened_by if proposal else None,
                proposal.reason if proposal else None,
                proposal.clerical if proposal else False,
            )
        )
        self._bind(before, self.versions[-1])
        if head.use == "coaching":
            # What is for coaching never leaves its parties, whomever the report had let read it.
            self.grants.clear()
        self.proposal = None
        if self.state == DRAFTING:
            self.state = IN_FORCE
        self._reveal_answers()

    def _amendment_opened(self, fact: e.AmendmentOpened) -> None:
        newest = self.versions[-1]
        staying = tuple(p for p in newest.head.parties if p.person_id not in self.left)
        # A day on which the old version took effect says nothing about when the amendment will.
        head = replace(newest.head, effective_on=None, parties=staying)
        without = (term_without(t, self.left) for t in newest.terms.values())
        terms = {t.id: t for t in without if t is not None}
        self.proposal = Proposal(
            newest.number, head, terms, fact.actor_id, fact.effective_at, fact.reason, fact.clerical
        )

    def _amendment_retracted(self, fact: e.AmendmentRetracted) -> None:
        self._drop_proposal(fact)

    def _amendment_declined(self, fact: e.AmendmentDeclined) -> None:
        self._drop_proposal(fact)

    # Inside ---------------------------------------------------------------------------------------

    def _bind(self, before: tuple[Party, ...], version: Version) -> None:
        """Binds the parties of a version; whom it leaves out is one until the day on which it takes effect."""
        head = version.head
        waits = head.effective_on is not None and head.effective_on == version.takes_effect_on
        for party in before:
            if party.person_id in head.people:
                continue
            if waits:
                self.going[party.person_id] = Going(party, version.takes_effect_on, version.made_at)
            else:
                self.left[party.person_id] = version.made_at
                self.going.pop(party.person_id, None)
        for person in head.people:
            self.left.pop(person, None)
            self.going.pop(person, None)
            self.contributors.pop(person, None)

    def _drop_proposal(self, fact: Fact) -> None:
        """What the proposal changed is as it was before: who saw a term as it proposed it saw another."""
        changed = {change.term_id for change in self.proposal.changes} if self.proposal is not None else set()
        for term_id, record in self.records.items():
            if term_id in changed:
                record.changed_at_version = fact.originator_version
        self.proposal = None

    def _open_amendment(self) -> Proposal:
        if self.proposal is None or self.proposal.number == 0:
            self._must_be_in(IN_FORCE, PAUSED, ENDING)
            raise AmendmentNone("No amendment is open.")
        return self.proposal

    def _check_current(self, proposal: Proposal, revision: int, content_hash: str) -> None:
        if revision == proposal.revision and content_hash == proposal.content_hash:
            return
        if revision == proposal.revision:
            raise StaleConsent(
                f"That hash is not the one of revision {revision}; read the text again and name the hash shown with it."
            )
        since = [_in_words(c) for c in proposal.changes if c.revision > revision]
        told = f" Since then: {'; '.join(since[-5:])}." if since else ""
        raise StaleConsent(f"The text is at revision {proposal.revision}; you named revision {revision}.{told}")

    @staticmethod
    def _check_not_over(today: date, proposal: Proposal) -> None:
        if proposal.head.ends_on is not None and proposal.head.ends_on < today:
            raise DatePast(f"The text ends on {proposal.head.ends_on.isoformat()}, which has passed.")

    def _check_two_sided(self, by: UUID, proposal: Proposal) -> None:
        if len(proposal.head.parties) < 2:
            raise WrongState("Somebody has left, and the text binds fewer than two; name its parties anew.")
        owing = self.still_owing(proposal.head, proposal.terms.values())
        if owing:
            names = ", ".join(f"{{{p}}}" for p in owing)
            raise OneSided(f"An agreement is owed by all of its parties; nothing is owed yet by {names}.", owing)
        if not self.versions and by not in self.authored:
            raise OneSided(
                "You have not written anything in this agreement yet: add or change a term, comment, or answer a "
                "question first, so that the text is yours too.",
                (by,),
            )

    def _make_version(self, act: Act, proposal: Proposal) -> None:
        head = proposal.head
        day: date = act.today if head.effective_on is None or head.effective_on < act.today else head.effective_on
        self.record(
            e.VersionMade,
            act,
            number=len(self.versions) + 1,
            content_hash=proposal.content_hash,
            takes_effect_on=day,
            **{name: getattr(head, name) for name in HEAD_FIELDS},
            terms=tuple(in_reading_order(proposal.terms)),
        )


def _in_words(change: Change) -> str:
    who = f"{{{change.by}}}" if change.by else "somebody"
    if change.what == PARTY_LEFT:
        return "a party left"
    verb = {"head": "changed the head", "term added": "added a term", "term revised": "revised a term"}.get(
        change.what, "removed a term"
    )
    return f"{who} {verb}"
