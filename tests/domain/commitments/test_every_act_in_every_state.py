"""Every act in every state by every role: allowed, or refused by name with nothing recorded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from domain.base import Act
from domain.commitments.commitment import Commitment
from domain.commitments.content import Due
from domain.refusals import Refusal
from tests.domain.commitments.promises import CHANGE, ENDED, LASTING, NOTE, ROLES, STATES
from tests.domain.spec import OSLO, person

FEB = Due.end_of_day(date(2026, 2, 2), OSLO)
NEW = person(301)

ACTS: dict[str, Callable[[Commitment, Act], Any]] = {
    "promise": lambda c, by: c.promise(by, c.revision),
    "accept": lambda c, by: c.accept(by, c.revision),
    "counter": lambda c, by: c.counter(by, c.content, "I heard: soon"),
    "decline": lambda c, by: c.decline(by),
    "withdraw": lambda c, by: c.withdraw(by),
    "progress": lambda c, by: c.report_progress(by, NOTE, "half way"),
    "at risk": lambda c, by: c.flag_at_risk(by, NOTE, "the source is down"),
    "change terms": lambda c, by: c.propose_change(by, NEW, "terms", reason="late data", outcome="Most numbers"),
    "refocus": lambda c, by: c.propose_change(by, NEW, "refocus", reason="pressure", level="result", due=FEB),
    "suspend": lambda c, by: c.propose_change(by, NEW, "suspend", reason="fire", until=date(2026, 1, 30)),
    "delegate": lambda c, by: c.propose_change(by, NEW, "delegate", reason="better placed", person_id=person(77)),
    "assign": lambda c, by: c.propose_change(by, NEW, "assign", reason="moves on", person_id=person(77)),
    "conclude": lambda c, by: c.propose_change(by, NEW, "conclude", reason="it lasts"),
    "accept change": lambda c, by: c.accept_change(by, c.revision),
    "refuse change": lambda c, by: c.refuse_change(by),
    "counter change": lambda c, by: c.counter_change(by, NEW, reason="a bit later", due=FEB),
    "retract change": lambda c, by: c.retract_change(by),
    "resume": lambda c, by: c.resume(by),
    "release": lambda c, by: c.release(by),
    "cancel": lambda c, by: c.cancel(by),
    "renege": lambda c, by: c.renege(by, "too much"),
    "done": lambda c, by: c.done(by),
    "retract done": lambda c, by: c.retract_done(by),
    "confirm": lambda c, by: c.confirm(by, [0] if c.content.conditions else None, "thanks"),
    "return": lambda c, by: c.return_(by, "the south is missing"),
    "reopen": lambda c, by: c.reopen(by, "one is missing"),
    "refuse reopening": lambda c, by: c.refuse_reopening(by, "no"),
    "attest": lambda c, by: c.attest(by, date(2026, 1, 12), "partly"),
    "annotate": lambda c, by: c.annotate(by, NOTE, "in hindsight"),
    "contest": lambda c, by: c.contest(by, NOTE, "I see it differently"),
}

CHANGING = {"change asked by the debtor", "change asked by the creditor"}
RUNNING = {"promised", "promised impact"} | CHANGING
STOOD = {"suspended", "set aside"}
ONE_TIME = (RUNNING | STOOD) - {"promised impact"}
FREE = {"promised", "promised impact"} | STOOD
"""Where a change can be proposed: none is pending."""

ALLOWED: dict[str, dict[str, set[str]]] = {
    "promise": {"debtor": {"requested"}},
    "accept": {"debtor": {"countered by the creditor"}, "creditor": {"offered", "countered by the debtor"}},
    "counter": {
        "debtor": {"requested", "countered by the creditor"},
        "creditor": {"offered", "countered by the debtor"},
    },
    "decline": {
        "debtor": {"requested", "countered by the creditor"},
        "creditor": {"offered", "countered by the debtor"},
    },
    "withdraw": {
        "debtor": {"offered", "countered by the debtor"},
        "creditor": {"requested", "countered by the creditor"},
    },
    "progress": {"debtor": RUNNING},
    "at risk": {"debtor": RUNNING},
    "change terms": {"debtor": FREE, "creditor": FREE},
    "refocus": {"debtor": FREE, "creditor": FREE},
    "suspend": {"debtor": FREE - {"suspended"}, "creditor": FREE - {"suspended"}},
    "delegate": {"debtor": FREE},
    "assign": {"creditor": FREE},
    "conclude": {"debtor": {"promised impact"}, "creditor": {"promised impact"}},
    "accept change": {"debtor": {"change asked by the creditor"}, "creditor": {"change asked by the debtor"}},
    "refuse change": {"debtor": {"change asked by the creditor"}, "creditor": {"change asked by the debtor"}},
    "counter change": {"debtor": {"change asked by the creditor"}, "creditor": {"change asked by the debtor"}},
    "retract change": {"debtor": {"change asked by the debtor"}, "creditor": {"change asked by the creditor"}},
    "resume": {"debtor": {"suspended"}, "creditor": {"suspended"}},
    "release": {"creditor": RUNNING | STOOD},
    "cancel": {"creditor": RUNNING | STOOD},
    "renege": {"debtor": RUNNING | STOOD},
    "done": {"debtor": ONE_TIME},
    "retract done": {"debtor": {"reported", "reopened"}},
    "confirm": {"creditor": {"reported", "reopened"}},
    "return": {"creditor": {"reported", "reopened"}},
    "reopen": {"creditor": {"kept"}},
    "refuse reopening": {"debtor": {"reopened"}},
    "attest": {"debtor": {"promised impact"}, "creditor": {"promised impact"}},
    "annotate": {"debtor": set(ENDED), "creditor": set(ENDED)},
    "contest": {"debtor": set(ENDED), "creditor": set(ENDED)},
}

BY_BOTH = {act for act, roles in ALLOWED.items() if set(roles) == {"debtor", "creditor"}}

ELSEWISE: dict[tuple[str, str, str], str] = {
    ("withdraw", "debtor", "requested"): "not-your-act",
    ("withdraw", "debtor", "countered by the creditor"): "not-your-act",
    ("withdraw", "creditor", "offered"): "not-your-act",
    ("withdraw", "creditor", "countered by the debtor"): "not-your-act",
    ("reopen", "creditor", "kept, reopening refused"): "reopen-over",
    **{
        (act, role, f"change asked by the {role}"): "not-your-act"
        for act in ("accept change", "refuse change", "counter change")
        for role in ("debtor", "creditor")
    },
    ("retract change", "debtor", "change asked by the creditor"): "not-your-act",
    ("retract change", "creditor", "change asked by the debtor"): "not-your-act",
    **{
        (act, role, state): "change-open"
        for act in ("change terms", "refocus", "suspend", "delegate", "assign", "conclude")
        for role in ALLOWED[act]
        for state in CHANGING
    },
}
"""Refusals that are not simply `wrong-state`."""


def expected(act: str, role: str, state: str) -> str:
    """`allowed`, or the code of the refusal."""
    if role == "stranger":
        return "not-found"
    if role not in ALLOWED[act]:
        return "not-your-act"
    if state in ALLOWED[act][role]:
        return "allowed"
    return ELSEWISE.get((act, role, state), "wrong-state")


# The acts happen on the third day: after what led to the state, before anything falls due.
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("act", ACTS)
def test_every_act(act: str, role: str) -> None:
    outcomes, wanted = {}, {}
    for state, make in STATES.items():
        c = make()
        by = ROLES[role](days=60, hours=1) if state in ("lapsed", "expired") else ROLES[role](days=3, hours=1)
        if state == "promised impact" and act == "attest":
            by = ROLES[role](days=10)
        before = (c.version, c.state, c.revision)
        try:
            ACTS[act](c, by)
            outcomes[state] = "allowed"
            assert c.version > before[0]
        except Refusal as refusal:
            outcomes[state] = refusal.code
            assert c.collect_events() == [], "something was recorded beside the refusal"
            assert (c.version, c.state, c.revision) == before
        wanted[state] = expected(act, role, state)
    assert outcomes == wanted


NAMES = {
    "progress": "report_progress", "at risk": "flag_at_risk", "change terms": "propose_change:terms",
    "refocus": "propose_change:refocus", "suspend": "propose_change:suspend", "delegate": "propose_change:delegate",
    "assign": "propose_change:assign", "conclude": "propose_change:conclude",
}  # fmt: skip


@pytest.mark.parametrize("state", STATES)
def test_what_is_said_to_be_allowed_is_what_is_allowed(state: str) -> None:
    for role, by in ROLES.items():
        later = by(days=60, hours=1) if state in ("lapsed", "expired") else by(days=3, hours=1)
        said = set(STATES[state]().allowed_acts(later)) - {"correct_note", "withdraw_note"}
        allowed = {
            NAMES.get(act, act.replace(" ", "_"))
            for act, roles in ALLOWED.items()
            if role in roles and state in roles[role]
        }
        assert said == allowed, (state, role)


def test_an_impact_lasts_and_is_never_just_done() -> None:
    c = Commitment.request(ROLES["creditor"](), person(400), LASTING)
    c.promise(ROLES["debtor"](hours=1), 1)
    with pytest.raises(Refusal, match="conclude it together"):
        c.done(ROLES["debtor"](days=1))


def test_the_one_who_is_asked_to_come_in_may_answer_and_nothing_else() -> None:
    c = STATES["promised"]()
    c.propose_change(ROLES["debtor"](days=1), CHANGE, "delegate", reason="knows it better", person_id=person(77))
    newcomer = ROLES["stranger"](days=1)
    c.collect_events()
    for act in ACTS.values():
        with pytest.raises(Refusal):
            act(c, newcomer)
    asked = type(newcomer)(person(77), newcomer.at, newcomer.organisation_id, newcomer.command_id, newcomer.zone)
    assert set(c.allowed_acts(asked)) == {"accept_change", "refuse_change"}
