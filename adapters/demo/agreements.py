"""What Mira and Jonas agreed on, kept alive and amended; and a draft that waits for Aisha."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from adapters.demo.stage import Player, Stage, days
from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.state import ReviewAnswer
from domain.agreements.terms import Head, Party
from domain.cadence import Cadence
from services.agreements.add_term import AddTerm, add_term
from services.agreements.answer_prompt import AnswerPrompt, answer_prompt
from services.agreements.answer_review import AnswerReview, answer_review
from services.agreements.comment_on_term import CommentOnTerm, comment_on_term
from services.agreements.give_consent import GiveConsent, give_consent
from services.agreements.open_agreement import OpenAgreement, open_agreement
from services.agreements.open_amendment import OpenAmendment, open_amendment
from services.agreements.open_review import OpenReview, open_review
from services.agreements.revise_term import ReviseTerm, revise_term
from services.agreements.share_draft import ShareDraft, share_draft
from services.updates.acknowledge_update import AcknowledgeUpdate, acknowledge_update
from services.updates.answer_escalation import AnswerEscalation, answer_escalation
from services.updates.answer_update import AnswerUpdate, answer_update
from services.updates.give_update import GiveUpdate, give_update
from services.updates.note_how_it_went import NoteHowItWent, note_how_it_went
from services.updates.raise_escalation import RaiseEscalation, raise_escalation

ZONE = "Europe/Oslo"


@dataclass(frozen=True)
class Pact:
    """An agreement of the story, and its terms by what they are called in it."""

    id: UUID
    terms: dict[str, UUID]


async def agree(stage: Stage, mira: Player, jonas: Player) -> Pact:
    """Mira opens, both answer the opening questions, both write, both consent to the very same text."""
    pact = await _open(stage, mira, jonas, "How Jonas and I work together", "reviewable")
    await _answer(stage, jonas, pact, "how_to_update", "In writing, so that I can think. Mondays suit me best.")
    await _answer(stage, mira, pact, "work_for_both", "I need to hear of slips early. You need to be left in peace.")
    await _answer(stage, jonas, pact, "work_for_both", "Fewer questions in passing, and a straight answer when I ask.")
    first = _next(stage.today, 0)
    twice = Cadence("FREQ=WEEKLY;BYDAY=MO,TH", ZONE, f"{first.isoformat()}T10:00")
    await _term(stage, mira, pact, "report", "update", owed_by=(jonas.id,), topic="How the migration goes",
                channel="chat", cadence=twice, good_looks_like="Three lines: progress, risk, what I need")  # fmt: skip
    await stage.do(mira, share_draft, ShareDraft(pact.id))
    await stage.until(stage.today + days(1))
    await _term(stage, jonas, pact, "slips", "escalation", owed_by=(jonas.id,), channel="phone", within="PT8H",
                trigger="A date slips by more than two days")  # fmt: skip
    await _term(stage, jonas, pact, "half hour", "support", owed_by=(mira.id,),
                text="Thirty minutes each week that are not about status")  # fmt: skip
    await _term(stage, mira, pact, "pot", "hands_off", owed_by=(mira.id,), text="I stay out of the code reviews",
                triggers=("the release is at risk", "Jonas asks"))  # fmt: skip
    await _term(stage, mira, pact, "budget", "given", text="The budget is fixed until the end of June",
                reason="The board decided it; I could not move it")  # fmt: skip
    await stage.do(jonas, comment_on_term, CommentOnTerm(pact.id, pact.terms["report"], "Twice a week is a lot."))
    await _consent(stage, mira, pact)
    await _consent(stage, jonas, pact)
    return pact


async def live(
    stage: Stage, mira: Player, jonas: Player, pact: Pact, until: date, *, but_not: tuple[date, date] | None = None
) -> None:
    """Plans the weeks: updates are given, now and then late or not at all; they are read and sometimes answered.

    Between the days of `but_not` nothing is given: updates are set aside then.
    """
    agreement = await stage.load(AccountabilityAgreement, pact.id)
    spans = agreement.in_force_spans(stage.organisation.zone)
    cadence = next(s.term.cadence for s in reversed(spans) if s.term.id == pact.terms["report"])
    assert cadence is not None
    for n, occurrence in enumerate(cadence.occurrences(stage.today, until - days(1))):
        if n % 9 == 7 or (but_not is not None and but_not[0] <= occurrence.on <= but_not[1]):
            continue
        late = n % 6 == 4
        given_on = occurrence.on + days(2 if late else 0)
        if given_on < until:
            week = partial(_week, stage, mira, jonas, pact, n, occurrence.on)
            stage.plan(given_on, "15:00" if late else "09:40", week)


async def _week(stage: Stage, mira: Player, jonas: Player, pact: Pact, n: int, on: date) -> None:
    said = _UPDATES[n % len(_UPDATES)]
    given = await stage.made(jonas, give_update, GiveUpdate(pact.id, pact.terms["report"], said, on, 2 + n % 4))
    if n % 3 == 2:
        await stage.do(mira, answer_update, AnswerUpdate(pact.id, given, _ANSWERS[n // 3 % len(_ANSWERS)]))
    else:
        await stage.do(mira, acknowledge_update, AcknowledgeUpdate(pact.id, given))
    if on.weekday() == 0 and n % 4 != 3:
        note = NoteHowItWent(pact.id, pact.terms["half hour"], stage.today, n % 8 != 6)
        await stage.do(jonas, note_how_it_went, note)


async def escalate(stage: Stage, mira: Player, jonas: Player, pact: Pact) -> None:
    """A date slips, and Jonas says so the same day."""
    happened = stage.concord.clock.now()
    await stage.until(stage.today, "14:20")
    raised = RaiseEscalation(
        pact.id, pact.terms["slips"], "The old system's export breaks on umlauts. Four days, I think.", happened
    )
    escalation = await stage.made(jonas, raise_escalation, raised)
    await stage.until(stage.today, "15:05")
    answer = AnswerEscalation(pact.id, escalation, "Thank you for the early word. I move the demo; take the four days.")
    await stage.do(mira, answer_escalation, answer)


async def review_and_amend(stage: Stage, mira: Player, jonas: Player, pact: Pact) -> None:
    """They look back, and twice a week becomes once: an amendment that both consent to."""
    review = await stage.made(mira, open_review, OpenReview(pact.id))
    fits = {str(pact.terms["report"]): 2, str(pact.terms["half hour"]): 5}
    for player, works, change in (
        (jonas, "The half hour is the best of my week.", "Thursdays I write the same as on Mondays."),
        (mira, "Slips reach me in time.", "I could ask less between the updates."),
    ):
        answer = ReviewAnswer(works, change, fits, "needs_change", None, None)
        await stage.do(player, answer_review, AnswerReview(pact.id, review, answer))
    await stage.do(jonas, open_amendment, OpenAmendment(pact.id, "Once a week is enough, and then it is read"))
    first = _next(stage.today, 0)
    once = Cadence("FREQ=WEEKLY;BYDAY=MO", ZONE, f"{first.isoformat()}T10:00")
    await stage.do(
        jonas,
        revise_term,
        ReviseTerm(
            pact.id, pact.terms["report"], {"cadence": once}, "Thursdays brought nothing new",
            "You want no surprises; three good lines on Monday do that.",
        ),
    )  # fmt: skip
    await _consent(stage, jonas, pact)
    await stage.until(stage.today + days(1), "11:00")
    await _consent(stage, mira, pact)


async def begin_with(stage: Stage, mira: Player, aisha: Player) -> Pact:
    """A draft that Mira shared, has consented to, and that waits for Aisha."""
    pact = await _open(stage, mira, aisha, "What Aisha and I expect of each other", "coaching")
    await _answer(stage, aisha, pact, "how_to_update", "A call on Fridays; I say it better than I write it.")
    friday = Cadence("FREQ=WEEKLY;BYDAY=FR", ZONE, f"{_next(stage.today, 4).isoformat()}T09:30")
    await _term(stage, mira, pact, "call", "update", owed_by=(aisha.id,), topic="The week", channel="call",
                cadence=friday)  # fmt: skip
    await stage.do(mira, share_draft, ShareDraft(pact.id))
    await stage.until(stage.today + days(1))
    await _term(stage, aisha, pact, "answers", "support", owed_by=(mira.id,), text="An answer within a working day")
    await _consent(stage, mira, pact)
    return pact


async def _open(stage: Stage, leader: Player, report: Player, title: str, use: str) -> Pact:
    parties = (Party(leader.id, "leader"), Party(report.id, "report"))
    purpose = "So that both of us know what to expect, and can change our minds openly."
    pact = await stage.made(leader, open_agreement, OpenAgreement(Head(title, purpose, use, parties)))
    return Pact(pact, {})


async def _answer(stage: Stage, player: Player, pact: Pact, key: str, text: str) -> None:
    await stage.do(player, answer_prompt, AnswerPrompt(pact.id, key, text))


async def _term(stage: Stage, player: Player, pact: Pact, name: str, kind: str, **content: Any) -> None:
    pact.terms[name] = await stage.made(player, add_term, AddTerm(pact.id, kind, content))


async def _consent(stage: Stage, player: Player, pact: Pact) -> None:
    agreement = await stage.load(AccountabilityAgreement, pact.id)
    assert agreement.proposal is not None
    text = GiveConsent(pact.id, agreement.proposal.revision, agreement.proposal.content_hash)
    await stage.do(player, give_consent, text)


def _next(day: date, weekday: int) -> date:
    return day + days((weekday - day.weekday() - 1) % 7 + 1)


_UPDATES = (
    "Schema is done. Risk: the export of the old system is slow. I need the list of test customers.",
    "Half of the customers are over. Risk: none new. I need nothing.",
    "Tests run at night now. Risk: one flaky query. I need an hour of Aisha on Wednesday.",
    "The slow export is fixed. Risk: holidays. I need a decision on the archive.",
    "Three quarters are over. Risk: support does not know yet. I need you to tell them.",
)
_ANSWERS = (
    "Clear, thank you. The list is in the folder.",
    "I told support this morning. Go on.",
    "Archive: keep two years, no more.",
)
