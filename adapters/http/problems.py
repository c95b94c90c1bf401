"""Errors as RFC 9457 problem documents; the only place that knows which refusal has which status.

A sentence may hold people's ids in braces; the names are put there before it leaves.
"""

from __future__ import annotations

import math
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from starlette.responses import Response

from adapters.identity.pace import TooFast
from domain.refusals import Invalid, NotThere, NotYourAct, Refusal, RuleRefusal, StaleVersion
from services.people.attempts import TooManyTries
from services.people.sign_in import NotThem
from services.ports import KeyReused, Unavailable, Withheld

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = "1"

TITLES = {
    "malformed": "This request cannot be read",
    "unauthenticated": "Who is asking?",
    "not-your-act": "Not yours to do",
    "cross-site": "This came from another site",
    "not-found": "Nothing here",
    "method-not-allowed": "This cannot be done to it",
    "stale-version": "It changed since you looked",
    "too-large": "Too large",
    "unsupported-media-type": "Another form is needed",
    "invalid": "Something here is not right yet",
    "key-reused": "This key was used for something else",
    "precondition-required": "Say which version you saw",
    "too-many-tries": "Too often",
    "too-many-requests": "Too fast",
    "too-many-streams": "Too many at once",
    "unavailable": "Not just now",
    "internal": "Something went wrong here",
}


class Problem(Exception):
    """An error that is answered as it stands."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = errors
        self.headers = dict(headers or {})
        self.more = dict(more or {})

    def body(self) -> bytes:
        """The problem document."""
        document: dict[str, Any] = {
            "type": f"urn:concord:problem:{self.code}",
            "title": TITLES.get(self.code, "A rule says no"),
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            **self.more,
        }
        if self.errors or self.status == 422:
            document["errors"] = list(self.errors)
        return orjson.dumps(document)

    def response(self) -> Response:
        """The answer."""
        return Response(
            self.body(), self.status, {"Cache-Control": "private, no-store", **self.headers}, media_type=MEDIA_TYPE
        )


NOT_FOUND = "There is nothing here under that name."


def not_found() -> Problem:
    """Unknown, or not for these eyes: one and the same answer."""
    return Problem(404, "not-found", NOT_FOUND)


def unauthenticated() -> Problem:
    """No credential, or one that does not hold."""
    return Problem(
        401,
        "unauthenticated",
        "Sign in, or send a token of yours that still holds: Authorization: Bearer TOKEN.",
        headers={"WWW-Authenticate": "Bearer"},
    )


def unavailable(sentence: str) -> Problem:
    """It cannot be done right now, and may be in a moment."""
    return Problem(503, "unavailable", sentence, headers={"Retry-After": RETRY_AFTER})


def of(error: Exception) -> Problem | None:
    """The problem that a refusal or a failing store is; None for what is a defect."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, Invalid):
        errors = [{"field": field, "message": message} for field, message in error.errors.items()]
        return Problem(422, "invalid", error.sentence, errors=errors)
    if isinstance(error, NotThere):
        return not_found()
    if isinstance(error, NotYourAct):
        return Problem(403, error.code, error.sentence)
    if isinstance(error, StaleVersion):
        return Problem(
            412,
            error.code,
            error.sentence,
            headers={"ETag": f'"{error.current}"'},
            more={"current_version": error.current},
        )
    if isinstance(error, RuleRefusal | Refusal):
        return Problem(409, error.code, error.sentence)
    if isinstance(error, KeyReused):
        return Problem(422, "key-reused", "This Idempotency-Key was sent with another request before.")
    if isinstance(error, NotThem):
        sentence = "This address and this password do not go together."
        return Problem(401, "unauthenticated", sentence, headers={"WWW-Authenticate": "Bearer"})
    if isinstance(error, TooManyTries):
        seconds = max(1, math.ceil(error.retry_in.total_seconds()))
        sentence = "This was tried too often from here; please wait a while. Where you are signed in, you stay so."
        return Problem(429, "too-many-tries", sentence, headers={"Retry-After": str(seconds)})
    if isinstance(error, TooFast):
        seconds = max(1, math.ceil(error.retry_in))
        sentence = f"These are too many requests in one minute; please go on in {seconds} seconds."
        return Problem(429, "too-many-requests", sentence, headers={"Retry-After": str(seconds)})
    if isinstance(error, Withheld):
        return unavailable("Nothing is recorded until whoever runs this has looked at how it was restored.")
    if isinstance(error, Unavailable):
        return unavailable("The store cannot be reached right now; please try again in a moment.")
    return None


_PERSON = re.compile(r"\{([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}")


async def with_names(problem: Problem, names: Callable[[Sequence[UUID]], Awaitable[Mapping[UUID, str]]]) -> Problem:
    """The problem with names in the place of ids in braces."""
    sentences = [problem.detail, *(error["message"] for error in problem.errors)]
    spoken_of = {UUID(found) for sentence in sentences for found in _PERSON.findall(sentence)}
    if spoken_of:
        known = await names(sorted(spoken_of))

        def named(sentence: str) -> str:
            return _PERSON.sub(lambda match: known.get(UUID(match[1]), "somebody"), sentence)

        problem.detail = named(problem.detail)
        problem.errors = [{**error, "message": named(error["message"])} for error in problem.errors]
    return problem
