"""An agreement of the story: each line of it is planned for a working day, counted back from the present."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from adapters.demo.stage import Player, Stage
from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.state import ReviewAnswer
from domain.agreements.terms import Head, Party
from domain.cadence import Cadence
from services.agreements.add_term import AddTerm, add_term
from services.agreements.answer_prompt import AnswerPrompt, answer_prompt
from services.agreements.answer_review import AnswerReview, answer_review
from services.agreements.ask_for_changes import AskForChanges, ask_for_changes
from services.agreements.comment_on_term import CommentOnTerm, comment_on_term
from services.agreements.give_consent import GiveConsent, give_consent
from services.agreements.mark_heard_right import MarkHeardRight, mark_heard_right
from services.agreements.open_agreement import OpenAgreement, open_agreement
from services.agreements.open_amendment import OpenAmendment, open_amendment
from services.agreements.open_review import OpenReview, open_review
from services.agreements.revise_term import ReviseTerm, revise_term
from services.agreements.share_draft import ShareDraft, share_draft
from services.desk import Desk
from services.ports import Receipt
from services.updates.answer_escalation import AnswerEscalation, answer_escalation
from services.updates.answer_note import AnswerNote, answer_note
from services.updates.note_how_it_went import NoteHowItWent, note_how_it_went
from services.updates.raise_escalation import RaiseEscalation, raise_escalation

ZONE = "Europe/Oslo"
Deed = Callable[[Desk, Any], Awaitable[Receipt]]


class Pact:
    """What a leader and a report write down, change and live by."""

    def __init__(self, stage: Stage, leader: Player, report: Player) -> None:
        self.stage = stage
        self.leader = leader
        self.report = report
        self.terms: dict[str, UUID] = {}
        self._id: UUID | None = None

    @property
    def id(self) -> UUID:
        """Its id, once it is opened in the story."""
        assert self._id is not None
        return self._id

    def cadence(self, rule: str, first: date, at: str = "10:00") -> Cadence:
        """When something of it falls due, in the zone of the house."""
        return Cadence(rule, ZONE, f"{first.isoformat()}T{at}")

    # The text -------------------------------------------------------------------------------------

    def open(self, ago: int, at: str, title: str, use: str, purpose: str, **head: Any) -> None:
        """The leader begins it."""
        parties = (Party(self.leader.id, "leader"), Party(self.report.id, "report"))

        async def action() -> None:
            command = OpenAgreement(Head(title, purpose, use, parties, **head))
            self._id = await self.stage.made(self.leader, open_agreement, command)

        self.stage.plan(self.stage.ago(ago), at, action)

    def share(self, ago: int, at: str) -> None:
        """The report sees it from now on."""
        self.does(ago, at, self.leader, share_draft, lambda: ShareDraft(self.id))

    def answer(self, ago: int, at: str, by: Player, key: str, text: str) -> None:
        """Somebody answers an opening question."""
        self.does(ago, at, by, answer_prompt, lambda: AnswerPrompt(self.id, key, text))

    def add(
        self, ago: int, at: str, by: Player, name: str, kind: str, heard: str | None = None, **content: Any
    ) -> None:
        """Somebody writes a term."""

        async def action() -> None:
            self.terms[name] = await self.stage.made(by, add_term, AddTerm(self.id, kind, content, heard))

        self.stage.plan(self.stage.ago(ago), at, action)

    def revise(
        self,
        ago: int,
        at: str,
        by: Player,
        name: str,
        changes: Mapping[str, Any],
        reason: str,
        heard: str | None = None,
    ) -> None:
        """Somebody writes it otherwise, says why, and what they heard the other say."""
        self.does(ago, at, by, revise_term, lambda: ReviseTerm(self.id, self.terms[name], changes, reason, heard))

    def comment(self, ago: int, at: str, by: Player, name: str, text: str) -> None:
        """Somebody says something about a term."""
        self.does(ago, at, by, comment_on_term, lambda: CommentOnTerm(self.id, self.terms[name], text))

    def was_heard(self, ago: int, at: str, by: Player) -> None:
        """Somebody says of what the other heard last: yes, that is it."""

        async def action() -> None:
            agreement = await self.stage.load(AccountabilityAgreement, self.id)
            heard = next(one for one in reversed(agreement.heards.values()) if one.by != by.id)
            await self.stage.do(by, mark_heard_right, MarkHeardRight(self.id, heard.id))

        self.stage.plan(self.stage.ago(ago), at, action)

    def ask_for_changes(self, ago: int, at: str, by: Player, note: str) -> None:
        """Somebody would rather not consent to it as it stands."""
        self.does(ago, at, by, ask_for_changes, lambda: AskForChanges(self.id, note))

    def amend(self, ago: int, at: str, by: Player, reason: str) -> None:
        """Somebody opens an amendment."""
        self.does(ago, at, by, open_amendment, lambda: OpenAmendment(self.id, reason))

    def consent(self, ago: int, at: str, by: Player) -> None:
        """Somebody says yes to the text as it stands then."""

        async def action() -> None:
            agreement = await self.stage.load(AccountabilityAgreement, self.id)
            assert agreement.proposal is not None
            text = GiveConsent(self.id, agreement.proposal.revision, agreement.proposal.content_hash)
            await self.stage.do(by, give_consent, text)

        self.stage.plan(self.stage.ago(ago), at, action)

    # Living by it ---------------------------------------------------------------------------------

    def review(
        self,
        ago: int,
        leader: tuple[str, str],
        report: tuple[str, str],
        fits: Mapping[str, tuple[int, int]],
        outcome: str = "still_right",
        entrust_next: str | None = None,
    ) -> None:
        """Both look back: what works, what to change, and how each term fits (the leader, the report)."""

        async def action() -> None:
            review = await self.stage.made(self.leader, open_review, OpenReview(self.id))
            for n, (player, (works, change)) in enumerate(((self.report, report), (self.leader, leader))):
                fit = {str(self.terms[name]): both[1 - n] for name, both in fits.items()}
                entrusted = entrust_next if player is self.leader else None
                answer = ReviewAnswer(works, change, fit, outcome, entrusted, None)
                await self.stage.do(player, answer_review, AnswerReview(self.id, review, answer))

        self.stage.plan(self.stage.ago(ago), "14:00", action)

    def escalate(self, ago: int, at: str, name: str, text: str, answered_at: str, answer: str, since: int = 0) -> None:
        """The report gives an early word, or one that is so many working days late; the leader answers it that day."""
        made: list[UUID] = []
        happened = self.stage.moment(self.stage.ago(ago + since), "09:30")

        async def raised() -> None:
            command = RaiseEscalation(self.id, self.terms[name], text, happened)
            made.append(await self.stage.made(self.report, raise_escalation, command))

        self.stage.plan(self.stage.ago(ago), at, raised)
        self.does(ago, answered_at, self.leader, answer_escalation, lambda: AnswerEscalation(self.id, made[0], answer))

    def note(
        self, ago: int, by: Player, name: str, kept: bool, text: str | None = None, answer: str | None = None
    ) -> None:
        """Somebody notes at the end of a day how a term went; the other may answer that evening."""
        made: list[UUID] = []
        day = self.stage.ago(ago)

        async def noted() -> None:
            command = NoteHowItWent(self.id, self.terms[name], day, kept, text)
            made.append(await self.stage.made(by, note_how_it_went, command))

        self.stage.plan(day, "16:30", noted)
        if answer is not None:
            other = self.report if by is self.leader else self.leader
            self.does(ago, "17:15", other, answer_note, lambda: AnswerNote(self.id, made[0], answer))

    def does(self, ago: int, at: str, by: Player, deed: Deed, command: Callable[[], Any]) -> None:
        """Somebody does something; what it names is known only then."""

        async def action() -> None:
            await self.stage.do(by, deed, command())

        self.stage.plan(self.stage.ago(ago), at, action)
