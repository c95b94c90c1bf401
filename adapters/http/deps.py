"""One request on its way: who asks, which command it is, and how its answer is written."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import Awaitable, Callable
from typing import Annotated
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
    seen_version,
)
from adapters.http.doorkeeper import BODY
from adapters.http.problems import Problem
from domain.refusals import Refusal
from services.access import may
from services.desk import Desk
from services.ports import Actor, Command, Conflict, KeyReused, Receipt, Sight

ATTEMPTS = 12
LONGEST_WAIT = 5.0
"""How long a query waits for its read model (seconds)."""

Deed = Callable[[Desk], Awaitable[Receipt]]
Show = Callable[[Receipt], Awaitable[Shown]]


def concord_of(request: Request) -> Concord:
    """The running Concord."""
    concord: Concord = request.app.state.concord
    return concord


class Asking:
    """A request whose sender is known."""

    def __init__(self, request: Request, concord: Concord, actor: Actor) -> None:
        self.request = request
        self.concord = concord
        self.actor = actor

    async def allow(self, deed: str, thing_id: UUID | None = None) -> Sight | None:
        """Asks the policy for a query; raises NotThere or NotYourAct."""
        ledger = self.concord.ledger
        standing = await ledger.standing(self.actor.person_id)
        sight = await ledger.sight(thing_id, self.actor.person_id) if thing_id else None
        may(self.actor, standing, deed, sight)
        return sight

    async def run(
        self, deed: Deed, show: Show, *, on: UUID | None = None, conditional: bool = False, checked: bool = True
    ) -> Response:
        """Runs a command: its receipt first, then its version and rules, tried anew when somebody was faster.

        `on` is the thing whose commands take turns; `conditional` requires `If-Match`; with `checked`
        False, the version is not the deed's to compare.
        """
        headers = self.request.headers
        key = idempotency_key(headers)
        command = self._command(key)
        if key is not None and (known := await self.concord.ledger.receipt(command.id)) is not None:
            if known.request_hash != command.request_hash:
                raise KeyReused
            return await self._answer(known, show, replayed=True)
        seen = seen_version(headers, required=conditional)
        async with self.concord.turns.on(on):
            for attempt in range(ATTEMPTS):
                desk = Desk(
                    self.concord.ledger,
                    self.concord.clock,
                    self.concord.new_id,
                    self.actor,
                    command,
                    seen if checked else None,
                )
                try:
                    receipt = await deed(desk)
                    break
                except Conflict:
                    await asyncio.sleep(random.uniform(0, 0.002 * 2 ** min(attempt, 6)))  # noqa: S311
            else:
                raise Problem(
                    503,
                    "unavailable",
                    "Others are changing this at the same time; please try again in a moment.",
                    headers={"Retry-After": problems.RETRY_AFTER},
                )
        return await self._answer(receipt, show)

    def show(self, shown: Shown) -> Response:
        """Answers a query: 304 where the sender has it already."""
        body = shown.body
        tag = etag(shown.version, body)
        if not_modified(self.request.headers, tag):
            return Response(status_code=304, headers={"ETag": tag})
        return json_response(body, headers={"ETag": tag})

    async def wait_for_position(self) -> None:
        """Waits until the read models have reached the position that the sender has seen."""
        given = self.request.headers.get("concord-min-position") or self.request.query_params.get("min_position")
        if given is None:
            return
        if not given.isdecimal() or len(given) > 18:
            message = "A position is a whole number, as Concord-Position gives it."
            raise Problem(422, "invalid", message, errors=[{"field": "min_position", "message": message}])
        if not await self.concord.projector.caught_up(int(given), LONGEST_WAIT):
            raise Problem(
                503,
                "unavailable",
                "What you asked to wait for is not there yet; please try again in a moment.",
                headers={"Retry-After": problems.RETRY_AFTER},
            )

    def _command(self, key: str | None) -> Command:
        request, actor = self.request, self.actor
        where = (actor.organisation.id, actor.person_id, request.method, request.url.path)
        raw = request.scope[BODY] + request.url.query.encode()
        return Command(command_id(key, *where), hashlib.sha256(raw).hexdigest(), actor.person_id, actor.organisation.id)

    async def _answer(self, receipt: Receipt, show: Show, *, replayed: bool = False) -> Response:
        shown = await show(receipt)
        body = shown.body
        headers = {"Concord-Position": str(receipt.position), "ETag": etag(shown.version, body)}
        if receipt.answer.location is not None:
            headers["Location"] = API + receipt.answer.location
        if replayed:
            headers["Idempotent-Replayed"] = "true"
        return json_response(body, receipt.answer.status, headers)


async def asking(request: Request) -> Asking:
    """Whoever sends the request, by their token; 401 for anybody else."""
    concord = concord_of(request)
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret or not secret.isascii():
        raise problems.unauthenticated()
    token = await concord.identities.token(secret.strip())
    now = concord.clock.now()
    if token is None or (token.expires_at is not None and token.expires_at <= now):
        raise problems.unauthenticated()
    organisation = await concord.identities.organisation(token.organisation_id)
    standing = await concord.ledger.standing(token.person_id)
    if organisation is None or standing is None or not standing.active or standing.organisation_id != organisation.id:
        raise problems.unauthenticated()
    await concord.identities.used_token(token, now.date())
    return Asking(request, concord, Actor(token.person_id, organisation, frozenset(token.scopes), token.token_id))


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
