"""One request on its way: who asks, which command it is, and how its answer is written."""

from __future__ import annotations

import asyncio
import hmac
import random
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Depends, Request
from starlette.responses import Response

from adapters.bootstrap import Concord
from adapters.http import problems
from adapters.http.conventions import (
    API,
    Shown,
    command_id,
    etag,
    idempotency_key,
    json_response,
    not_modified,
    position,
    seen_version,
)
from adapters.http.security import actor_of
from domain.refusals import Refusal
from services.access import may
from services.desk import Desk
from services.ports import Actor, Command, Conflict, KeyReused, Receipt, Sight, Standing

OPERATION, ASKING, BODY = "concord.operation", "concord.asking", "concord.body"
"""Where in a request's scope its operation, its `Asking` and its raw body are."""

ATTEMPTS = 12
LONGEST_WAIT = 5.0
"""How long a query waits for its position (seconds)."""
_GLANCE = 0.02

T = TypeVar("T")
Deed = Callable[[Desk], Awaitable[Receipt]]
Show = Callable[[Receipt], Awaitable[Shown]]


def concord_of(request: Request) -> Concord:
    """The running Concord."""
    concord: Concord = request.app.state.concord
    return concord


class Asking:
    """A request whose sender is known, and how they stood when it came."""

    def __init__(self, request: Request, concord: Concord, actor: Actor, standing: Standing) -> None:
        self.request = request
        self.concord = concord
        self.actor = actor
        self.standing = standing

    async def allow(self, deed: str, thing_id: UUID | None = None) -> Sight | None:
        """Asks the policy for a query; raises NotThere or NotYourAct."""
        sight = await self.concord.ledger.sight(thing_id, self.actor.person_id) if thing_id else None
        may(self.actor, self.standing, deed, sight)
        return sight

    async def run(
        self, deed: Deed, show: Show, *, on: UUID | None = None, conditional: bool = False, checked: bool = True
    ) -> Response:
        """Runs a command: its receipt first, then its version and rules, tried anew when somebody was faster.

        `on` is the thing whose commands take turns. `If-Match` is required on PATCH, PUT and DELETE, and
        where the command is `conditional`; with `checked` False its version is not the deed's to compare.
        """
        request, concord = self.request, self.concord
        key = idempotency_key(request.headers)
        command = self._command(key)
        async with AsyncExitStack() as turns:
            if key is not None:
                # The same command twice at once: the second finds the first one's receipt.
                await turns.enter_async_context(concord.turns.on(UUID(command.id[:32])))
                if (known := await concord.ledger.receipt(command.id)) is not None:
                    if known.request_hash != command.request_hash:
                        raise KeyReused
                    return await self._answer(known, show, replayed=True)
            seen = seen_version(request.headers, required=conditional or request.method != "POST")
            await turns.enter_async_context(concord.turns.on(on))
            receipt = await self._tried(deed, command, seen if checked else None)
        return await self._answer(receipt, show)

    def show(self, shown: Shown) -> Response:
        """Answers a query: 304 where the sender has it already."""
        body = shown.body
        tag = etag(shown.version, body)
        if not_modified(self.request.headers, tag):
            return Response(status_code=304, headers={"ETag": tag})
        return json_response(body, headers={"ETag": tag})

    async def wait_for_position(self, read_models: Iterable[str] | None = None) -> None:
        """Waits until the read models (all, unless named) have taken in the position that the sender has seen.

        With no read model named (`()`), until the log itself has: for what is read from it directly.
        """
        wanted = position(self.request)
        if wanted is None:
            return
        names = None if read_models is None else list(read_models)
        if names == []:
            there = await self._log_reaches(wanted)
        else:
            there = await self.concord.projector.caught_up(wanted, LONGEST_WAIT, names)
        if not there:
            raise problems.unavailable("What you asked to wait for is not there yet; please try again in a moment.")

    async def _log_reaches(self, wanted: int) -> bool:
        try:
            async with asyncio.timeout(LONGEST_WAIT):
                while await self.concord.ledger.head() < wanted:  # noqa: ASYNC110 - other processes append too
                    await asyncio.sleep(_GLANCE)
        except TimeoutError:
            return False
        return True

    async def _tried(self, deed: Deed, command: Command, seen: int | None) -> Receipt:
        concord, known = self.concord, [self.standing]

        async def once() -> Receipt:
            # Tried again, it is asked again how they stand: that may be what came first.
            standing = known.pop() if known else None
            return await deed(Desk(concord.ledger, concord.clock, concord.new_id, self.actor, command, seen, standing))

        return await tried(once)

    def _command(self, key: str | None) -> Command:
        request, actor = self.request, self.actor
        where = (actor.organisation.id, actor.person_id, request.method, request.url.path)
        # Keyed by what only the sender has: the hash stays in the log for ever, and what was sent may be
        # few words about somebody, which a plain hash would let anyone confirm who guesses them.
        sent = request.scope[BODY] + b"?" + request.scope["query_string"]
        request_hash = hmac.digest(key.encode(), sent, "sha256").hex() if key is not None else ""
        return Command(command_id(key, *where), request_hash, actor.person_id, actor.organisation.id)

    async def _answer(self, receipt: Receipt, show: Show, *, replayed: bool = False) -> Response:
        shown = await show(receipt)
        body = shown.body
        headers = {"Concord-Position": str(receipt.position), "ETag": etag(shown.version, body)}
        if receipt.answer.location is not None:
            headers["Location"] = API + receipt.answer.location
        if replayed:
            headers["Idempotent-Replayed"] = "true"
        return json_response(body, receipt.answer.status, headers)


async def tried(once: Callable[[], Awaitable[T]]) -> T:
    """What it comes to, decided again whenever somebody in another process was recorded first."""
    for attempt in range(ATTEMPTS):
        try:
            return await once()
        except Conflict:
            await asyncio.sleep(random.uniform(0, 0.002 * 2 ** min(attempt, 6)))  # noqa: S311
    raise problems.unavailable("Others are changing this at the same time; please try again in a moment.")


async def asking(request: Request) -> Asking:
    """Whoever sends the request; 401 for nobody."""
    known: Asking | None = request.scope.get(ASKING)
    if known is not None:
        return known
    concord = concord_of(request)
    actor, standing = await actor_of(request, concord)
    return Asking(request, concord, actor, standing)


Asks = Annotated[Asking, Depends(asking)]
"""What a route takes to know who asks."""


async def refusal_response(request: Request, error: Exception) -> Response:
    """The problem document of a refusal, with names where it speaks of people."""
    problem = problems.of(error)
    if problem is None:
        raise error
    if isinstance(error, Refusal):
        problem = await problems.with_names(problem, concord_of(request).identities.names)
    return problem.response()
