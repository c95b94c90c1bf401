"""The route that takes in a history from elsewhere, line by line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import Query, Request, Response
from pydantic import Field
from starlette.requests import ClientDisconnect

from adapters.http.api.agreements_answers import Answered
from adapters.http.conventions import command_id, idempotency_key, json_response
from adapters.http.deps import Asking, Asks
from adapters.http.form import malformed
from adapters.http.problems import Problem
from adapters.http.routing import Routes
from services.imports.import_history import ImportDesk, ImportHistory, import_history
from services.ports import Answer, Command, KeyReused

router = Routes(tags=["Import"])

MEDIA_TYPE = "application/jsonl"


class RefusedShown(Answered):
    """A line that was not taken in."""

    line: int = Field(description="Its number in what was sent, from 1.", examples=[7])
    reason: str = Field(description="Why, in a sentence.", examples=["It is not JSON."])


class ImportShown(Answered):
    """What became of every line; the four counts add up to `lines`."""

    lines: int = Field(description="How many lines were read.", examples=[100])
    applied: int = Field(description="Became what they say.", examples=[95])
    annotated: int = Field(description="Are kept beside the life cycle.", examples=[4])
    repeated: int = Field(description="Were in already.", examples=[0])
    refused: list[RefusedShown] = Field(
        description="Were not taken in, and why.", examples=[[{"line": 7, "reason": "It is not JSON."}]]
    )
    dry_run: bool = Field(description="True: nothing was stored.", examples=[False])


@router.post(
    "/import",
    operation_id="import_history",
    summary="Take in a history from elsewhere",
    response_class=Response,
    responses={200: {"model": ImportShown, "description": "What became of every line."}},
    openapi_extra={
        "x-streamed": True,
        "requestBody": {
            "required": True,
            "description": "One JSON object a line, at most 256 KiB each, any number of lines.",
            "content": {MEDIA_TYPE: {"schema": {"type": "string", "description": "JSON lines."}}},
        },
    },
)
async def route_import_history(
    request: Request,
    asks: Asks,
    readers: Annotated[
        Literal["importer", "organisation"],
        Query(description="Who may read it: you, or every member of your organisation.", examples=["importer"]),
    ] = "importer",
    dry_run: Annotated[
        bool, Query(description="True: only say what would become of each line.", examples=[False])
    ] = False,
) -> Response:
    """Each line is in or not, never half; sent again, or longer, it adds nothing twice."""
    await asks.allow("import_history")
    if request.headers.get("content-type", "").split(";", 1)[0].strip().lower() != MEDIA_TYPE:
        raise Problem(415, "unsupported-media-type", f"Send lines of JSON, with Content-Type: {MEDIA_TYPE}.")
    key = idempotency_key(request.headers)
    if key is None:
        report = await _taken_in(asks, ImportHistory(readers, dry_run), request.stream())
        return _answer(report, await asks.concord.ledger.head())
    return await _once(asks, key, ImportHistory(readers, dry_run))


async def _once(asks: Asking, key: str, what: ImportHistory) -> Response:
    """A repeat is answered with the first report; that nothing counts twice is kept by each line's own receipt."""
    actor, request = asks.actor, asks.request
    sent = hashlib.sha256(key.encode() + b"\n" + request.scope["query_string"] + b"\n")

    async def weighed() -> AsyncIterator[bytes]:
        async for chunk in request.stream():
            sent.update(chunk)
            yield chunk

    id_ = command_id(key, actor.organisation.id, actor.person_id, request.method, request.url.path)
    known = await asks.concord.ledger.receipt(id_)
    if known is not None:
        async for _ in weighed():
            pass
        if known.request_hash != sent.hexdigest():
            raise KeyReused
        return _answer(json.loads(known.answer.ids["report"]), known.position, replayed=True)
    report = await _taken_in(asks, what, weighed())
    command = Command(id_, sent.hexdigest(), actor.person_id, actor.organisation.id)
    receipt = await asks.concord.ledger.record(command, Answer(ids={"report": json.dumps(report)}))
    return _answer(report, receipt.position)


async def _taken_in(asks: Asking, what: ImportHistory, chunks: AsyncIterator[bytes]) -> dict[str, Any]:
    concord = asks.concord
    desk = ImportDesk(concord.ledger, concord.handles, concord.clock, asks.actor)
    try:
        return (await import_history(desk, what, chunks)).plain()
    except ClientDisconnect:
        raise malformed() from None


def _answer(report: dict[str, Any], position: int, *, replayed: bool = False) -> Response:
    headers = {"Concord-Position": str(position)}
    if replayed:
        headers["Idempotent-Replayed"] = "true"
    return json_response(json.dumps(report).encode(), headers=headers)
