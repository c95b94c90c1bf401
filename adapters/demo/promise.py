"""A promise of the story: each line of its conversation is planned for a working day, counted back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from adapters.demo.pact import Deed, Pact
from adapters.demo.stage import Player, Stage
from domain.commitments.commitment import Commitment
from domain.commitments.content import Content, Due, Who
from services.commitments.accept_change import AcceptChange, accept_change
from services.commitments.accept_commitment import AcceptCommitment, accept_commitment
from services.commitments.confirm_done import ConfirmDone, confirm_done
from services.commitments.give_promise import GivePromise, give_promise
from services.commitments.make_commitment import MakeCommitment, make_commitment
from services.commitments.report_done import ReportDone, report_done


@dataclass
class Promises:
    """The commitments of the story by what they are called in it, and how their lines are planned."""

    stage: Stage
    made: dict[str, UUID] = field(default_factory=dict)

    def ask(
        self,
        ago: int,
        at: str,
        name: str,
        debtor: Player,
        creditor: Player,
        outcome: str,
        due: int | None,
        *conditions: str,
        by: Player | None = None,
        under: Pact | None = None,
        serves: str | None = None,
        team: str | None = None,
        **more: Any,
    ) -> None:
        """The creditor asks for something; the debtor offers it where that is who speaks (`by`), for a team too."""
        at_last = self.due(due) if due is not None else None
        sides = ((Who("person", debtor.id),), (Who("person", creditor.id),))
        content = Content(*sides, outcome, conditions, due=at_last, **more)

        async def action() -> None:
            whole = replace(
                content,
                owed_by=(Who("team", self.made[team]),) if team else content.owed_by,
                serves=self.made[serves] if serves else None,
                agreement_id=under.id if under else None,
                use="reviewable" if under else "coaching",
            )
            made = await self.stage.made(by or creditor, make_commitment, MakeCommitment(whole, whole.use))
            self.made[name] = made

        self.stage.plan(self.stage.ago(ago), at, action)

    def says(
        self, ago: int, at: str, name: str, by: Player, deed: Deed, command: Callable[..., Any], *said: Any
    ) -> None:
        """Somebody says something of a promise."""
        self.says_on(self.stage.ago(ago), at, name, by, deed, command, *said)

    def says_on(
        self, day: date, at: str, name: str, by: Player, deed: Deed, command: Callable[..., Any], *said: Any
    ) -> None:
        """The same, on a day of the calendar."""

        async def action() -> None:
            await self.stage.do(by, deed, command(self.made[name], *said))

        self.stage.plan(day, at, action)

    def accept(self, ago: int, at: str, name: str, by: Player) -> None:
        """Somebody says yes to what is offered or countered."""
        self._yes(ago, at, name, by, accept_commitment, AcceptCommitment)

    def promise(self, ago: int, at: str, name: str, by: Player) -> None:
        """Somebody promises what is asked for."""
        self._yes(ago, at, name, by, give_promise, GivePromise)

    def agree_to_change(self, ago: int, at: str, name: str, by: Player) -> None:
        """Somebody says yes to a change."""
        self._yes(ago, at, name, by, accept_change, AcceptChange)

    def done(self, ago: int, at: str, name: str, by: Player, learned: str | None = None, *evidence: str) -> None:
        """The debtor says that it is done."""
        self.says(ago, at, name, by, report_done, ReportDone, evidence, learned)

    def confirm(self, ago: int, at: str, name: str, by: Player, thanks: str | None = None) -> None:
        """The creditor says that it is kept."""
        self.says(ago, at, name, by, confirm_done, ConfirmDone, None, thanks)

    def kept(
        self, asked: int, done: int, name: str, debtor: Player, creditor: Player, outcome: str, due: int, **more: Any
    ) -> None:
        """A whole small promise: asked for, promised, done and confirmed."""
        at = f"{9 + asked % 7}:{10 + asked % 40}"
        self.ask(asked, at, name, debtor, creditor, outcome, due, **more)
        self.promise(asked - 1, "10:30", name, debtor)
        self.done(done, "15:20", name, debtor)
        self.confirm(done - 1, "09:50", name, creditor)

    def due(self, ago: int) -> Due:
        """Due at the end of that working day."""
        return Due.end_of_day(self.day(ago), self.stage.organisation.zone)

    def day(self, ago: int) -> date:
        """That working day."""
        return self.stage.ago(ago)

    def _yes(self, ago: int, at: str, name: str, by: Player, deed: Deed, command: Callable[..., Any]) -> None:
        async def action() -> None:
            commitment = await self.stage.load(Commitment, self.made[name])
            await self.stage.do(by, deed, command(commitment.id, commitment.revision))

        self.stage.plan(self.stage.ago(ago), at, action)
