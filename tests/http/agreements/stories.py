"""Agreements in every state, told over HTTP as people would: nothing here reaches behind the API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.http.agreements.people import Someone

Shown = dict[str, Any]
MONDAYS = {"rrule": "FREQ=WEEKLY;BYDAY=MO", "time_zone": "Europe/Oslo", "first_due": "2027-01-04T10:00"}


@dataclass
class Pair:
    """A leader and a report, the people of most stories."""

    ada: Someone
    ben: Someone

    def head(self, **other: Any) -> Shown:
        parties = [{"person_id": self.ada.id, "role": "leader"}, {"person_id": self.ben.id, "role": "report"}]
        head = {"title": "Ada and Ben", "purpose_text": "To know what to expect.", "use": "reviewable"}
        return {**head, "parties": parties, **other}

    def update(self, **other: Any) -> Shown:
        fields = {"topic": "Progress", "channel": "chat", "cadence": MONDAYS}
        return {"kind": "update", "owed_by": [self.ben.id], **fields, **other}

    def support(self, **other: Any) -> Shown:
        text = "30 minutes each week that are not about status"
        return {"kind": "support", "owed_by": [self.ada.id], "text": text, **other}

    def given(self) -> Shown:
        return {"kind": "given", "text": "The budget is fixed", "reason": "The board decided"}

    def escalation(self) -> Shown:
        fields = {"trigger": "A date slips", "within": "PT8H", "channel": "phone"}
        return {"kind": "escalation", "owed_by": [self.ben.id], **fields}


async def drafted(pair: Pair, **head: Any) -> Shown:
    """Ada's draft, with a term of hers, not shown to Ben yet."""
    draft = await pair.ada.makes("/agreements", pair.head(**head))
    return await pair.ada.makes(f"/agreements/{draft['id']}/terms", pair.update())


async def shared(pair: Pair, **head: Any) -> Shown:
    """A shared draft to which both have added a term: ready for consent."""
    draft = await drafted(pair, **head)
    await pair.ada.does(f"/agreements/{draft['id']}/share")
    return await pair.ben.makes(f"/agreements/{draft['id']}/terms", pair.support(heard="You want time with me"))


async def consented_by_ada(pair: Pair, **head: Any) -> Shown:
    """A shared draft to which Ada has said yes and Ben has not."""
    draft = await shared(pair, **head)
    return await consents(pair.ada, draft["id"])


async def in_force(pair: Pair, **head: Any) -> Shown:
    """Version 1."""
    draft = await consented_by_ada(pair, **head)
    return await consents(pair.ben, draft["id"])


async def amending(pair: Pair, **head: Any) -> Shown:
    """In force, with an amendment open that Ada opened."""
    agreement = await in_force(pair, **head)
    return await pair.ada.makes(f"/agreements/{agreement['id']}/amendments", {"reason": "The team moved"})


async def moved_to_pause(pair: Pair, **head: Any) -> Shown:
    """In force; Ada has moved to pause it."""
    agreement = await in_force(pair, **head)
    motion = {"kind": "pause", "until": pair.ada.day(30), "reason": "A long leave"}
    return await pair.ada.makes(f"/agreements/{agreement['id']}/motions", motion)


async def paused(pair: Pair, **head: Any) -> Shown:
    """Paused for a month."""
    agreement = await moved_to_pause(pair, **head)
    motion = agreement["motions"][-1]
    return await pair.ben.does(f"/agreements/{agreement['id']}/motions/{motion['id']}/agree")


async def ending(pair: Pair, **head: Any) -> Shown:
    """Ada has given notice."""
    agreement = await in_force(pair, **head)
    return await pair.ada.does(f"/agreements/{agreement['id']}/notice", {"ends_on": pair.ada.day(20)})


async def ended(pair: Pair, **head: Any) -> Shown:
    """Both agreed to end it."""
    agreement = await in_force(pair, **head)
    agreement = await pair.ada.makes(f"/agreements/{agreement['id']}/motions", {"kind": "end"})
    motion = agreement["motions"][-1]
    return await pair.ben.does(f"/agreements/{agreement['id']}/motions/{motion['id']}/agree")


async def abandoned(pair: Pair, **head: Any) -> Shown:
    """A draft given up."""
    draft = await shared(pair, **head)
    return await pair.ben.does(f"/agreements/{draft['id']}/abandon")


async def reviewing(pair: Pair, **head: Any) -> Shown:
    """In force; a review is open, and Ben has answered it."""
    agreement = await in_force(pair, **head)
    agreement = await pair.ada.makes(f"/agreements/{agreement['id']}/reviews")
    review = agreement["reviews"][-1]
    return await pair.ben.does(f"/agreements/{agreement['id']}/reviews/{review['id']}/answers", REVIEW_ANSWER)


REVIEW_ANSWER = {"what_works": "The Mondays", "what_to_change": "Nothing much", "outcome": "still_right"}


async def consents(someone: Someone, agreement_id: str) -> Shown:
    """Reads the proposal and says yes to exactly that text."""
    proposal = (await someone.sees(f"/agreements/{agreement_id}"))["proposal"]
    body = {"revision": proposal["revision"], "content_hash": proposal["content_hash"]}
    return await someone.does(f"/agreements/{agreement_id}/consents", body)
