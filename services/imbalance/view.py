"""How an imbalance period is shown: to who declares it, to those it is for, and to who sees only that it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from domain.imbalance.content import COMMITMENT, NOT_SAID, QUESTIONS, TERM, Thing
from domain.imbalance.state import DRAFT, DROPPED, Answered
from services.agreements.view import at as instant
from services.imbalance.actions import allowed_actions
from services.imbalance.reading import Reading
from services.imbalance.recovery import offer_id

Shown = dict[str, Any]


def show(reading: Reading) -> Shown:
    """The period as JSON-ready values, cut to what this viewer may see.

    Everybody who sees it: that it is, why, until when, and how many object. Those it is for: what comes with it.
    What one is asked for, one's objections and questions: only oneself and the declarer.
    """
    period, content = reading.period, reading.period.content
    shown: Shown = {
        "id": str(period.id),
        "state": period.state,
        "focus": content.focus,
        "stakes": content.stakes,
        "declarer_id": str(period.acting_id),
        "declared_by": str(period.declarer_id),
        "people": [_person(reading, person) for person in _named(reading)],
        "starts_on": content.starts_on.isoformat(),
        "ends_on": content.ends_on.isoformat(),
        "milestone": content.milestone,
        "gives_up": content.gives_up,
        "support": content.support,
        "objected": len(period.objecting),
        "set_aside": [_thing(reading, thing) for thing in reading.things],
        "set_aside_more": reading.all_things - len(reading.things),
        "lifted": list(period.lifted),
        "declared_at": _at(period.declared_at),
        "started_at": _at(period.started_at),
        "ended_at": _at(period.ended_at),
        "end_cause": period.end_cause,
        "closed_at": _at(period.closed_at),
        "extension": _extension(reading),
        "not_said": _not_said(reading),
        "allowed_actions": allowed_actions(period, reading.act) if reading.acting else [],
    }
    return shown | (_inside(reading) if reading.inside else {})


def _inside(reading: Reading) -> Shown:
    period = reading.period
    return {
        "drafted_by": _id(period.drafted_by),
        "safe_to_fail": period.content.safe_to_fail,
        "recovery": [_recovery(reading, n) for n in range(len(period.content.recovery))],
        "override_reason": period.override_reason,
        "questions": _questions(reading),
        "self_check": _self_check(reading),
        "invited": [
            {"person_id": str(person), "override_reason": reason}
            for person, reason in period.invited.items()
            if person not in period.joined
        ],
        "asked_to_end": [{"person_id": str(person), "at": instant(when)} for person, when in period.end_asked.items()],
        "ends_unless_refused_by": _refusable_until(reading),
        "refused_to_end": [{"at": instant(one.at), "reason": one.reason} for one in period.end_refused],
        "closing_reviews": [
            {
                "person_id": _id(one.by),
                "at": instant(one.at),
                "kept": one.kept,
                "restored": one.restored,
                "cost": one.cost,
            }
            for one in period.reviews.values()
        ],
    }


def _named(reading: Reading) -> list[UUID]:
    period = reading.period
    return list(dict.fromkeys((*period.content.people, *period.joined)))


def _person(reading: Reading, person: UUID) -> Shown:
    period = reading.period
    answered = period.answers.get(person)
    shown: Shown = {
        "person_id": str(person),
        "joined_at": _at(period.joined.get(person)),
        "left_at": _at(period.left.get(person)),
        "answered": answered is not None,
    }
    if reading.is_for_eyes_of(person) or period.state in (DRAFT, DROPPED):
        shown |= {"asked_for": period.content.asked_for.get(str(person)), "answer": _answer(answered)}
    return shown


def _answer(answered: Answered | None) -> Shown | None:
    if answered is None:
        return None
    return {
        "acknowledged_at": _at(answered.acknowledged_at),
        "objected_at": _at(answered.objected_at),
        "reason": answered.reason,
        "objects_to": [str(thing) for thing in answered.objects_to],
    }


def _thing(reading: Reading, thing: Thing) -> Shown:
    now = next((one.debtors for one in reading.period.in_effect() if one.thing.id == thing.id), ())
    shown: Shown = {"id": str(thing.id), "kind": thing.kind}
    if thing.kind == TERM:
        shown |= {"term_id": _id(thing.term_id), "agreement_id": _id(thing.agreement_id)}
    elif thing.kind == COMMITMENT:
        shown |= {"commitment_id": _id(thing.commitment_id)}
    else:
        return shown | {"text": reading.period.content.texts.get(str(thing.id))}
    return shown | {
        "owed_by": [str(p) for p in thing.owed_by],
        "owed_to": [str(p) for p in thing.owed_to],
        "set_aside_for": [str(p) for p in now],
    }


def _extension(reading: Reading) -> Shown | None:
    extension = reading.period.extension
    if extension is None:
        return None
    shown: Shown = {
        "from_on": extension.from_on.isoformat(),
        "ends_on": reading.period.content.ends_on.isoformat(),
        "stakes": extension.stakes,
        "at": instant(extension.at),
        "lifted": list(extension.lifted),
        "answered": [str(person) for person in extension.answers],
    }
    if not reading.inside:
        return shown
    theirs = {p: a for p, a in extension.answers.items() if reading.is_for_eyes_of(p)}
    return shown | {
        "override_reason": extension.override_reason,
        "answers": [{"person_id": str(p), **(_answer(a) or {})} for p, a in theirs.items()],
    }


def _recovery(reading: Reading, number: int) -> Shown:
    """What is promised for afterwards; once it is over, which commitment it was offered as, to those two."""
    period = reading.period
    one = period.content.recovery[number]
    shown: Shown = {"outcome": one.outcome, "to": str(one.to), "due_within": one.due_within}
    if period.ended_at is not None and period.started_at is not None and reading.is_for_eyes_of(one.to):
        shown["commitment_id"] = str(offer_id(period.id, number))
    return shown


def _questions(reading: Reading) -> list[Shown]:
    return [
        {
            "id": str(one.id),
            "by": _id(one.by),
            "at": instant(one.at),
            "text": one.text,
            "answer": one.answer,
            "answered_at": _at(one.answered_at),
        }
        for one in reading.period.questions.values()
        if one.by is not None and reading.is_for_eyes_of(one.by)
    ]


def _self_check(reading: Reading) -> Shown:
    """The three questions; the answers are the declarer's alone unless they shared them."""
    check = reading.period.self_check
    own = reading.act.by == reading.period.declarer_id
    shown = check is not None and (check.shared or own)
    return {
        "questions": dict(QUESTIONS),
        "answers": dict(check.answers) if check is not None and shown else None,
        "shared": check.shared if check is not None and shown else None,
    }


def _not_said(reading: Reading) -> list[str]:
    """What was asked for and left empty; what somebody may not see is not told of either."""
    content = reading.period.content
    hidden = {"asked_for"} if not reading.declaring else set()
    if not reading.inside:
        hidden |= {"safe_to_fail", "recovery"}
    if content.focus != "relationships":
        hidden.add("safe_to_fail")
    return [name for name in NOT_SAID if name not in hidden and not getattr(content, name)]


def _refusable_until(reading: Reading) -> str | None:
    due = reading.period.next_due(reading.act.zone)
    return instant(due.at) if due is not None and due.content.get("cause") == "majority" else None


def _at(value: datetime | None) -> str | None:
    return None if value is None else instant(value)


def _id(value: UUID | None) -> str | None:
    return None if value is None else str(value)
