"""Which requests a viewer may make of an agreement now, as "METHOD path-after-the-resource"."""

from __future__ import annotations

from uuid import UUID

from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.state import ENDS
from domain.agreements.terms import Term
from domain.base import Act
from domain.refusals import Refusal
from services.updates.actions import requests_on_updates

REQUESTS = {
    "share": ("POST share",),
    "abandon": ("POST abandon",),
    "edit": ("PATCH proposal", "POST terms"),
    "consent": ("POST consents",),
    "withdraw_consent": ("DELETE consents/mine",),
    "ask_for_changes": ("POST changes-asked",),
    "open_amendment": ("POST amendments",),
    "retract_amendment": ("POST amendments/open/retract",),
    "decline_amendment": ("POST amendments/open/decline",),
    "open_review": ("POST reviews",),
    "answer_review": ("POST reviews/{rid}/answers",),
    "resume": ("POST resume",),
    "give_notice": ("POST notice",),
    "rescind_notice": ("POST notice/rescind",),
    "grant": ("POST grants/{person_id}",),
    "carry_over": ("POST carry-over",),
}


def allowed_actions(agreement: AccountabilityAgreement, act: Act) -> list[str]:
    """The requests of the acting person at that moment, in a steady order; the guards are those that refuse.

    Path parts in braces stand for an id of the resource, of which at least one fits.
    """
    viewer = act.person
    acts = set(agreement.allowed_acts(viewer))
    if agreement.proposal is not None and (agreement.proposal.head.ends_on or act.today) < act.today:
        acts.discard("consent")
    requests = [request for act, those in REQUESTS.items() if act in acts for request in those]
    terms = agreement.proposal.terms.values() if agreement.proposal is not None else ()
    if "edit" in acts and any(_may_change(agreement, viewer, t) for t in terms):
        requests += ["PATCH terms/{term_id}", "DELETE terms/{term_id}"]
    if "comment" in acts and (agreement.versions or terms):
        requests.append("POST terms/{term_id}/comments")
    if any(act.startswith("answer_prompt:") for act in acts):
        requests.append("POST prompts/{key}/answer")
    if any(act.startswith("propose:") for act in acts):
        requests.append("POST motions")
    requests += _on_motions(agreement, viewer)
    requests += _on_own_words(agreement, viewer)
    if viewer in agreement.people and agreement.state not in ENDS and agreement.contributors:
        requests.append("DELETE contributors/{person_id}")
    if viewer in agreement.people:
        requests += requests_on_updates(agreement, act)
    if viewer in agreement.people and any(by == viewer for by, _ in agreement.grants.values()):
        requests.append("DELETE grants/{person_id}")
    return sorted(requests)


def allowed_to_steward(agreement: AccountabilityAgreement, act: Act) -> list[str]:
    """What a steward who is no party may do: open it to themself for an hour, with a reason."""
    try:
        agreement.may_break_glass(act.person, act.at)
    except Refusal:
        return []
    return ["POST break-glass"]


def _may_change(agreement: AccountabilityAgreement, viewer: UUID, term: Term) -> bool:
    try:
        agreement.may_change_term(viewer, term)
    except Refusal:
        return False
    return True


def _on_motions(agreement: AccountabilityAgreement, viewer: UUID) -> list[str]:
    requests: set[str] = set()
    for motion in agreement.motions.values():
        if motion.state != "open" or viewer not in agreement.people:
            continue
        if motion.by == viewer:
            requests.add("POST motions/{mid}/retract")
        elif viewer not in motion.agreed:
            requests.update(("POST motions/{mid}/agree", "POST motions/{mid}/refuse"))
    return sorted(requests)


def _on_own_words(agreement: AccountabilityAgreement, viewer: UUID) -> list[str]:
    requests: set[str] = set()
    party = viewer in agreement.people or viewer in agreement.consenting
    if party or viewer in agreement.contributors:
        comment = "POST terms/{term_id}/comments/{cid}"
        if any(c.by == viewer and not c.withdrawn for c in agreement.comments.values()):
            requests.update((f"{comment}/correct", f"{comment}/withdraw"))
    if party and any(viewer in review.answers for review in agreement.reviews.values()):
        requests.update(("POST reviews/{rid}/answers/mine/correct", "POST reviews/{rid}/answers/mine/withdraw"))
    heards = agreement.heards.values() if party and agreement.state not in ENDS else ()
    if any(h.by != viewer and viewer not in h.right_by and agreement.is_shown_to(viewer, h.id) for h in heards):
        requests.add("POST heard/{heard_id}/right")
    return sorted(requests)
