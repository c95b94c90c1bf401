"""Commitments that live at random, by the aggregate's own acts, with everything a count may meet."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from domain.base import Act
from domain.commitments.commitment import Commitment
from domain.commitments.content import Content, Due, Who
from domain.refusals import Refusal

OSLO = ZoneInfo("Europe/Oslo")
START = datetime(2031, 1, 1, 9, 0, tzinfo=UTC)


@dataclass
class Lives:
    """Makes commitments between some people and a team; each by its own dice, so that a seed gives the same lives."""

    organisation: UUID
    people: list[UUID]
    team: UUID
    dice: random.Random = field(default_factory=lambda: random.Random(1))

    def act(self, by: UUID | None, at: datetime) -> Act:
        teams = frozenset({self.team}) if by == self.people[0] else frozenset()
        return Act(by, at, self.organisation, uuid4().hex * 2, OSLO, teams=teams)

    def live(self) -> Commitment:
        """One commitment, from its opening on to wherever chance takes it."""
        dice = self.dice
        at = START + timedelta(days=dice.randrange(60))
        debtors, creditors = self._sides()
        level = dice.choice(["task", "task", "result", "impact"])
        due = Due.end_of_day(at.date() + timedelta(days=dice.randrange(2, 40)), OSLO) if level != "impact" else None
        content = Content(
            debtors, creditors, f"Work {dice.randrange(1000)}", level=level, due=due,
            use=dice.choice(["coaching", "reviewable"]), agreement_id=dice.choice([None, AGREEMENT]),
        )  # fmt: skip
        asks = dice.random() < 0.5
        first = self._one_of(creditors if asks else debtors)
        make = Commitment.request if asks else Commitment.offer
        commitment = make(self.act(first, at), uuid4(), content)
        if dice.random() < 0.6:
            self._agree(commitment, at + timedelta(hours=dice.choice([2, 20])))
            at += timedelta(hours=20)
        for _ in range(dice.randrange(16)):
            at += timedelta(hours=dice.choice([1, 1, 30, 100, 200]))
            commitment.let_time_pass(self.act(None, at))
            by = self._one_of((*commitment.content.owed_by, *commitment.content.owed_to))
            acts = self._acts(commitment, self.act(by, at))
            dice.shuffle(acts)
            for act in acts:
                with suppress(Refusal):
                    act()
                    break
        if dice.random() < 0.2:
            commitment.let_time_pass(self.act(None, at + timedelta(days=90)))
        return commitment

    def _agree(self, c: Commitment, at: datetime) -> None:
        for who in (*c.content.owed_by, *c.content.owed_to):
            act = self.act(self._one_of((who,)), at)
            for yes in (c.promise, c.accept):
                with suppress(Refusal):
                    yes(act, c.revision)

    def _sides(self) -> tuple[tuple[Who, ...], tuple[Who, ...]]:
        chosen = self.dice.sample(self.people, 4)
        who = [Who("person", p) for p in chosen]
        if self.dice.random() < 0.2 and self.people[0] not in chosen[:2]:
            return (who[0], who[1]), (Who("team", self.team),)
        return tuple(who[: self.dice.choice([1, 1, 2])]), tuple(who[2 : 2 + self.dice.choice([1, 1, 2])])

    def _one_of(self, side: tuple[Who, ...]) -> UUID:
        who = self.dice.choice(side)
        return self.people[0] if who.kind == "team" else who.id

    def _acts(self, c: Commitment, act: Act) -> list[Callable[[], Any]]:
        later = Due.end_of_day(act.today + timedelta(days=self.dice.randrange(1, 30)), OSLO)
        change: dict[str, Any] = {"kind": "conclude"} if c.content.due is None else self.dice.choice([
            {"kind": "terms", "due": later},
            {"kind": "terms", "due": later},
            {"kind": "suspend", "until": act.today + timedelta(days=9)},
            {"kind": "delegate", "person_id": self.dice.choice(self.people)},
            {"kind": "assign", "person_id": self.dice.choice(self.people)},
            {"kind": "refocus", "level": "impact"},
        ])  # fmt: skip
        acts: list[Callable[[], Any]] = [
            lambda: c.promise(act, c.revision),
            lambda: c.promise(act, c.revision),
            lambda: c.accept(act, c.revision),
            lambda: c.accept(act, c.revision),
            lambda: c.propose_change(act, uuid4(), change["kind"], reason="so it is",
                                     **{k: v for k, v in change.items() if k != "kind"}),
            *(lambda: c.accept_change(act, c.revision) for _ in range(4)),
            lambda: c.refuse_change(act),
            lambda: c.done(act),
            lambda: c.confirm(act),
            lambda: c.return_(act, "more of it"),
            lambda: c.retract_done(act),
            lambda: c.flag_at_risk(act, uuid4(), "late"),
            lambda: c.attest(act, act.today, self.dice.choice(["kept", "partly", "not"])),
            lambda: c.resume(act),
        ]  # fmt: skip
        rare: list[Callable[[], Any]] = [
            lambda: c.decline(act),
            lambda: c.release(act),
            lambda: c.cancel(act),
            lambda: c.renege(act, "cannot"),
        ]
        return acts + ([self.dice.choice(rare)] if self.dice.random() < 0.4 else [])


AGREEMENT = UUID("01900000-0000-7000-8000-0000000000a1")
