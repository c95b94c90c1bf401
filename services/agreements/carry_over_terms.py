"""Carrying chosen terms of an earlier agreement over into a draft with a new leader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.state import Version
from domain.agreements.terms import Head, Party, Term
from domain.refusals import Invalid, WrongState
from services.desk import Desk
from services.people.members import must_be_member
from services.people.policy import policy_of
from services.ports import Receipt


@dataclass(frozen=True)
class CarryOverTerms:
    """The terms to carry over from which agreement, and the new leader to agree on them with."""

    agreement_id: UUID
    term_ids: tuple[UUID, ...]
    with_person_id: UUID


async def carry_over_terms(desk: Desk, command: CarryOverTerms) -> Receipt:
    """Opens a new draft between the report and a new leader that begins with terms the report consented to.

    Nothing passes silently: the draft is the report's own until they share it, and the new leader
    consents to it like to any other. What was agreed for coaching stays with those who agreed it.
    """
    earlier = await desk.agreement(command.agreement_id, deed="carry_over_terms")
    await desk.allow("open_agreement")
    report, leader = desk.actor.person_id, command.with_person_id
    earlier.may_carry_over(report)
    consented = [v for v in earlier.versions if any(c.person_id == report for c in v.consents)]
    if leader == report:
        raise Invalid("A draft needs somebody else to agree with.", field="with_person_id")
    await must_be_member(desk, leader, field="with_person_id")

    policy = await policy_of(desk.ledger, desk.actor.organisation.id)
    draft = AccountabilityAgreement.open(
        desk.act(),
        desk.new_id(),
        _new_head(_not_coaching(consented).head, report, leader),
        carried_from=earlier.id,
        prompts=policy.prompts,
    )
    for term_id in command.term_ids:
        version = _newest_with(consented, term_id)
        if version.head.use == "coaching":
            raise WrongState("What was agreed for coaching never leaves its parties, so it cannot be carried over.")
        named = {p.person_id: leader for p in version.head.parties if p.role == "leader"} | {report: report}
        draft.add_term(desk.act(), _for_new_parties(version.terms[term_id], named, report), carried=True)
    await desk.ledger.new_keys(draft.id)
    return await desk.record(draft, status=201, location=f"/agreements/{draft.id}")


def _not_coaching(consented: list[Version]) -> Version:
    for version in reversed(consented):
        if version.head.use != "coaching":
            return version
    raise WrongState("What was agreed for coaching never leaves its parties, so it cannot be carried over.")


def _newest_with(consented: list[Version], term_id: UUID) -> Version:
    for version in reversed(consented):
        if term_id in version.terms:
            return version
    raise Invalid("Only terms of a text that you consented to can be carried over.", field="term_ids")


def _new_head(head: Head, report: UUID, leader: UUID) -> Head:
    parties = (Party(report, "report"), Party(leader, "leader"))
    return replace(head, parties=parties, effective_on=None, ends_on=None)


def _for_new_parties(term: Term, named: Mapping[UUID, UUID], report: UUID) -> Term:
    """The same term between the new parties: who led before gives way to the new leader, others drop out."""
    if term.kind == "given" and term.set_by != report:
        raise Invalid("A given that somebody else set is not yours to carry over.", field="term_ids")

    def mapped(people: tuple[UUID, ...]) -> tuple[UUID, ...]:
        return tuple(dict.fromkeys(named[p] for p in people if p in named))

    carried = replace(
        term,
        owed_by=mapped(term.owed_by),
        decides=None if term.decides is None else mapped(term.decides),
        consulted=None if term.consulted is None else (mapped(term.consulted) or None),
    )
    if (term.owed_by and not carried.owed_by) or (term.decides and not carried.decides):
        raise Invalid("A term that neither you nor your leader owe or decide cannot be carried over.", field="term_ids")
    return carried
