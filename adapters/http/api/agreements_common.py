"""What the routes of an agreement share: path parts, how a command is described, run and answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Depends, Path, Query
from pydantic import BaseModel
from starlette.responses import Response

from adapters.http.api.agreements_answers import AGREEMENT, AgreementShown
from adapters.http.api.agreements_bodies import ADA, TERM
from adapters.http.conventions import Shown
from adapters.http.deps import Asking, Asks
from services.agreements.reading import read
from services.agreements.view import show
from services.desk import Desk
from services.ports import Receipt

Command = TypeVar("Command")
Deed = Callable[[Desk, Command], Awaitable[Receipt]]

_ID = "0197a2c0-0000-7000-8000-0000000000c1"


def _path(description: str, example: str = _ID) -> Any:
    return Path(description=description, examples=[example])


AgreementId = Annotated[UUID, _path("The agreement.", AGREEMENT)]
TermId = Annotated[UUID, _path("The term.", TERM)]
CommentId = Annotated[UUID, _path("The comment.")]
HeardId = Annotated[UUID, _path("What another party heard, by its id in `heard`.")]
MotionId = Annotated[UUID, _path("The motion.")]
ReviewId = Annotated[UUID, _path("The review.")]
PersonId = Annotated[UUID, _path("The person.", ADA)]
PromptKey = Annotated[str, _path("The opening question's `key`.", "how_to_update")]
WhyQuery = Annotated[
    str | None,
    Query(description="Why, in a sentence; kept in the history.", examples=["It is done."], max_length=20_000),
]
AsOf = Annotated[
    str | None,
    Query(
        description="An instant (RFC 3339): as it was then, by what took effect until then.",
        examples=["2026-03-01T09:00:00Z"],
        json_schema_extra={"format": "date-time"},
    ),
]
KnownAt = Annotated[
    str | None,
    Query(
        description="An instant (RFC 3339): leaves out what was recorded later.",
        examples=["2026-03-01T09:00:00Z"],
        json_schema_extra={"format": "date-time"},
    ),
]
Cursor = Annotated[str | None, Query(description="Where the page before ended: its `next_cursor`.", max_length=1_000)]
Limit = Annotated[int, Query(description="How many items at most.", ge=1, le=200, examples=[50])]
MinPosition = Annotated[
    int | None,
    Query(description="Answer once the read models have reached this position (5 s at most).", ge=0, examples=[12]),
]


def described(
    operation: str,
    summary: str,
    *,
    status: int = 200,
    answer: type[BaseModel] = AgreementShown,
    deed: str | None = None,
    also: tuple[int, ...] = (),
) -> dict[str, Any]:
    """How a route is described in OpenAPI; the answer itself is bytes that are not validated again.

    `deed` is its rule in services/access.py, where that is not named as the operation; `also` are
    statuses that come beside those that every such operation has.
    """
    success = {"model": answer, "description": "As it is for you now."}
    return {
        "operation_id": operation,
        "summary": summary,
        "status_code": status,
        "response_class": Response,
        "responses": {status: success},
        "openapi_extra": {"x-deed": deed or operation, "x-also": list(also)},
    }


def command(operation: str, summary: str, *, status: int = 200, answer: type[BaseModel] = AgreementShown) -> Any:
    """How a command's route is described."""
    return described(operation, summary, status=status, answer=answer)


@dataclass(frozen=True)
class AtTheBench:
    """A request that is a command on an agreement."""

    asks: Asking

    async def run(self, deed: Deed[Command], what: Command, *, conditional: bool = False) -> Response:
        """Runs one deed and answers with the agreement as it is for the sender right after it."""

        async def work(desk: Desk) -> Receipt:
            return await deed(desk, what)

        on: UUID | None = getattr(what, "agreement_id", None)
        return await self.asks.run(work, self._shown, on=on, conditional=conditional)

    async def _shown(self, receipt: Receipt) -> Shown:
        agreement_id = UUID(next(iter(receipt.answer.versions)))
        concord, actor = self.asks.concord, self.asks.actor
        reading = await read(concord.ledger, concord.clock, actor, agreement_id, after=receipt)
        document = show(reading, actor.organisation.zone)
        if "term_id" in receipt.answer.ids:
            terms = (document.get("proposal") or {}).get("terms", [])
            document["term"] = next((t for t in terms if t["id"] == receipt.answer.ids["term_id"]), None)
        return Shown(reading.version, document)


async def _bench(asks: Asks) -> AtTheBench:
    return AtTheBench(asks)


async def version_for(asks: Asking, thing_id: UUID, stream_id: UUID | None = None) -> int:
    """The stream's version (the thing's own unless said) for a party; 0 for who is not to learn how it goes on."""
    sight = await asks.concord.ledger.sight(thing_id, asks.actor.person_id)
    if sight is None or sight.sight != "party":
        return 0
    return await asks.concord.ledger.version(stream_id or thing_id)


Bench = Annotated[AtTheBench, Depends(_bench)]
