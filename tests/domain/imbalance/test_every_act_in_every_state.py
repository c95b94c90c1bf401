"""Every act in every state by every role: allowed, or refused by name with nothing recorded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from domain.base import Act
from domain.imbalance.period import ImbalancePeriod
from domain.refusals import Refusal
from tests.domain.imbalance.periods import ALSO_ASK, ASK, CONTENT, ROLES, STATES, UPDATE
from tests.domain.spec import person

SELF_CHECK = {"trust": "I think so"}

ACTS: dict[str, Callable[[ImbalancePeriod, Act], Any]] = {
    "edit": lambda p, by: p.edit(by, CONTENT),
    "drop": lambda p, by: p.drop(by),
    "self_check": lambda p, by: p.answer_self_check(by, SELF_CHECK),
    "declare": lambda p, by: p.declare(by),
    "acknowledge": lambda p, by: p.acknowledge(by, (UPDATE.id,)),
    "object": lambda p, by: p.object(by, "Not again"),
    "ask": lambda p, by: p.ask(by, ALSO_ASK, "Until when?"),
    "answer": lambda p, by: p.answer(by, ASK, "Mine"),
    "withdraw": lambda p, by: p.withdraw(by),
    "invite": lambda p, by: p.invite(by, person(6)),
    "join": lambda p, by: p.join(by),
    "leave": lambda p, by: p.leave(by),
    "extend": lambda p, by: p.extend(by, date(2026, 2, 1), "Still at stake"),
    "ask_to_end": lambda p, by: p.ask_to_end(by),
    "refuse_to_end": lambda p, by: p.refuse_to_end(by, "Three days more"),
    "end": lambda p, by: p.end(by),
    "milestone_met": lambda p, by: p.meet_milestone(by),
    "closing_review": lambda p, by: p.review(by, kept=True, restored=False, cost="Two weekends"),
    "close": lambda p, by: p.close(by),
}

ANSWERED = {"declared, answered", "active", "active, extended", "active, asked to end"}
RUNNING = {"active", "active, extended", "active, asked to end"}
DECLARED = {"declared", "declared, answered"}

ALLOWED: dict[str, dict[str, set[str]]] = {
    "edit": {"declarer": {"draft"}, "drafter": {"draft"}},
    "drop": {"declarer": {"draft"}, "drafter": {"draft"}},
    "self_check": {"declarer": {"draft"} | DECLARED},
    "declare": {"declarer": {"draft"}},
    "acknowledge": {"named": {"declared", "active, extended"}},
    "object": {"named": DECLARED | RUNNING},
    "ask": {"named": DECLARED | RUNNING},
    "answer": {"declarer": ANSWERED},
    "withdraw": {"declarer": DECLARED},
    "invite": {"declarer": RUNNING},
    "join": {"invited": RUNNING},
    "leave": {"named": RUNNING},
    "extend": {"declarer": RUNNING - {"active, extended"}},
    "ask_to_end": {"named": RUNNING - {"active, asked to end"}},
    "refuse_to_end": {"declarer": {"active, asked to end"}},
    "end": {"declarer": RUNNING},
    "milestone_met": {"declarer": RUNNING},
    "closing_review": {"declarer": {"ended"}, "named": {"ended"}},
    "close": {"declarer": {"ended"}},
}

ELSEWISE = {
    ("answer", "declarer", "declared"): "not-found",  # nobody has asked anything
    # Before anybody is asked to come in there is nobody whose act this is.
    **{("join", "invited", s): "not-your-act" for s in ("draft", "dropped", *DECLARED, "withdrawn")},
}


def expected(act: str, role: str, state: str) -> str:
    """`allowed`, or the code of the refusal."""
    if role not in ALLOWED[act]:
        return "not-your-act"
    if state in ALLOWED[act][role]:
        return "allowed"
    return ELSEWISE.get((act, role, state), "wrong-state")


def moment(role: str, state: str) -> Act:
    """After what led to the state, before anything else falls due."""
    return ROLES[role](days=10) if state.startswith(("active", "ended", "closed")) else ROLES[role](hours=3)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("act", ACTS)
def test_every_act(act: str, role: str) -> None:
    outcomes, wanted = {}, {}
    for state, make in STATES.items():
        period = make()
        before = (period.version, period.state)
        try:
            ACTS[act](period, moment(role, state))
            outcomes[state] = "allowed"
            assert period.version > before[0]
        except Refusal as refusal:
            outcomes[state] = refusal.code
            assert period.collect_events() == [], "something was recorded beside the refusal"
            assert (period.version, period.state) == before
        wanted[state] = expected(act, role, state)
    assert outcomes == wanted


@pytest.mark.parametrize("state", STATES)
def test_what_is_said_to_be_allowed_is_what_is_allowed(state: str) -> None:
    for role in ROLES:
        said = set(STATES[state]().allowed_acts(moment(role, state)))
        allowed = {act for act, roles in ALLOWED.items() if state in roles.get(role, ())}
        assert said == allowed, (state, role)
