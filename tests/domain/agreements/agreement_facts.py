"""Histories that the tests of agreements begin with, told as facts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from domain.agreements import events as e
from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.state import PROMPTS
from domain.agreements.terms import Head, Party, Term, Words, content_hash
from domain.cadence import Cadence
from tests.domain.spec import ANNA, BORIS, CARLA, T0, Given, Recalled, act, fact, given

AGREEMENT = UUID("01900000-0000-7000-8000-0000000000a1")
UPDATE = UUID("01900000-0000-7000-8000-0000000000b1")
SUPPORT = UUID("01900000-0000-7000-8000-0000000000b2")
GIVEN = UUID("01900000-0000-7000-8000-0000000000b3")
EXTRA = UUID("01900000-0000-7000-8000-0000000000b4")

LEADER, REPORT = ANNA, BORIS
PAIR = (Party(LEADER, "leader"), Party(REPORT, "report"))
TRIO = (*PAIR, Party(CARLA, "peer"))
MONDAYS = Cadence("FREQ=WEEKLY;BYDAY=MO", "Europe/Oslo", "2026-01-12T10:00")

UPDATE_TERM = Term(UPDATE, "update", (REPORT,), topic="Progress", channel="chat", cadence=MONDAYS)
SUPPORT_TERM = Term(SUPPORT, "support", (LEADER,), text="30 minutes each week that are not about status")
GIVEN_TERM = Term(GIVEN, "given", text="Budget is fixed", reason="until June", set_by=LEADER)


def head(parties: tuple[Party, ...] = PAIR, **other: Any) -> Head:
    return Head(**{"title": "How we work", "purpose_text": "To know", "use": "reviewable", "parties": parties} | other)


def opened(the_head: Head | None = None) -> Recalled:
    content = {k: getattr(the_head or head(), k) for k in Head.__dataclass_fields__}
    return fact(e.AgreementOpened, act(LEADER), **content, prompts=PROMPTS, carried_from=None)


def shared() -> Recalled:
    return fact(e.AgreementShared, act(LEADER))


def added(term: Term, by: UUID) -> Recalled:
    open_fields = ("kind", "owed_by", "cadence", "grace", "within", "decides", "consulted", "set_by")
    return fact(
        e.TermAdded,
        act(by),
        term_id=term.id,
        **{name: getattr(term, name) for name in open_fields},
        words=term.words,
        carried_from_term=False,
        heard_id=None,
        heard=None,
    )


def drafted(*terms: Recalled, the_head: Head | None = None) -> list[Recalled]:
    """A shared draft to which both have added a term."""
    both = [added(UPDATE_TERM, LEADER), added(SUPPORT_TERM, REPORT)]
    return [opened(the_head), shared(), *(terms or both)]


def in_force(the_head: Head | None = None, *, made: dict[UUID, Term] | None = None) -> list[Recalled]:
    """Version 1, agreed on the first day."""
    text = made or {UPDATE: UPDATE_TERM, SUPPORT: SUPPORT_TERM}
    the_head = the_head or head()
    drafting = [
        opened(the_head),
        shared(),
        *(added(t, LEADER if n == 0 else REPORT) for n, t in enumerate(text.values())),
    ]
    the_hash = content_hash(the_head, text)
    consents = [fact(e.ConsentGiven, act(p), revision=1 + len(text), content_hash=the_hash) for p in the_head.people]
    version = fact(
        e.VersionMade,
        act(REPORT),
        number=1,
        content_hash=the_hash,
        takes_effect_on=max(T0.date(), the_head.effective_on or T0.date()),
        **{k: getattr(the_head, k) for k in Head.__dataclass_fields__},
        terms=tuple(text.values()),
    )
    return [*drafting, *consents, version]


def amending(by: UUID = REPORT) -> Recalled:
    return fact(e.AmendmentOpened, act(by), reason="Mondays do not work", clerical=False)


def agreement(*recalled: Recalled) -> Given[AccountabilityAgreement]:
    return given(AccountabilityAgreement, AGREEMENT, *recalled)


def current(a: AccountabilityAgreement) -> dict[str, Any]:
    """What a consent to the present text names."""
    assert a.proposal is not None
    return {"revision": a.proposal.revision, "content_hash": a.proposal.content_hash}


NO_WORDS = Words()
