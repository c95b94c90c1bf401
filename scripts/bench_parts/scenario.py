"""The people and agreements that are loaded: made through the same HTTP interface that is measured."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from scripts.bench_parts.load import Answer, Connection, request
from scripts.bench_parts.servers import Installation

API = "/api/v1"
PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Person:
    """Somebody with a token."""

    id: str
    token: str


@dataclass(frozen=True)
class Proposal:
    """A shared draft that Ben may consent to, and take his consent back from, as often as he likes.

    Ada never consents, so it stays a draft.
    """

    path: str
    token: str
    consent: bytes
    read: bytes

    def withdraw(self, consented: Answer) -> bytes:
        """Takes the consent back that was just given: a DELETE names the version that was seen."""
        expect(consented, 200)
        fields = {"If-Match": consented.fields["etag"]}
        return request("DELETE", f"{self.path}/consents/mine", token=self.token, fields=fields)


def found(installation: Installation) -> Person:
    """Makes the organisation and its first steward, as the README says."""
    said = installation.run(
        "init", "--organisation", "Bench", "--name", "Ada", "--email", "ada@bench.example", "--password-stdin",
        given=PASSWORD,
    )  # fmt: skip
    return Person(said["person_id"], said["token"])


async def invite(port: int, steward: Person) -> Person:
    """Adds Ben, who accepts his invitation."""
    connection = await Connection.open(port)
    body = {"name": "Ben", "email": "ben@bench.example", "leader_id": steward.id}
    made = expect(await connection.ask(request("POST", f"{API}/people", token=steward.token, body=body)), 201)
    accept = request("POST", urlsplit(made["invitation_url"]).path, body={"password": PASSWORD})
    token = expect(await connection.ask(accept), 201)["token"]
    connection.close()
    return Person(made["id"], token)


async def draft(port: int, ada: Person, ben: Person, count: int) -> list[Proposal]:
    """Makes that many shared drafts, with a term and an act of authorship by each side."""
    left = iter(range(count))
    made: list[Proposal] = []

    async def run() -> None:
        connection = await Connection.open(port)
        for number in left:
            made.append(await _draft_one(connection, ada, ben, number))
        connection.close()

    await asyncio.gather(*(run() for _ in range(8)))
    return made


async def _draft_one(connection: Connection, ada: Person, ben: Person, number: int) -> Proposal:
    async def do(who: Person, path: str, body: object, status: int = 200) -> dict[str, Any]:
        return expect(await connection.ask(request("POST", API + path, token=who.token, body=body)), status)

    opened = await do(
        ada,
        "/agreements",
        {
            "title": f"Ada and Ben, number {number}",
            "purpose_text": "So that both of us know what to expect while the platform is being rebuilt.",
            "use": "reviewable",
            "parties": [{"person_id": ada.id, "role": "leader"}, {"person_id": ben.id, "role": "report"}],
        },
        201,
    )
    path = f"/agreements/{opened['id']}"
    support = {"kind": "support", "owed_by": [ada.id], "text": "30 minutes each week that are not about status."}
    await do(ada, path + "/terms", support, 201)
    await do(ada, path + "/share", {})
    expectation = {"kind": "expectation", "owed_by": [ben.id], "text": "I raise scope doubts before work starts."}
    await do(ben, path + "/terms", expectation, 201)
    shown = expect(await connection.ask(request("GET", API + path, token=ben.token)), 200)
    proposal = shown["proposal"]
    consent = {"revision": proposal["revision"], "content_hash": proposal["content_hash"]}
    return Proposal(
        API + path,
        ben.token,
        request("POST", f"{API}{path}/consents", token=ben.token, body=consent),
        request("GET", API + path, token=ben.token),
    )


def expect(answer: Answer, status: int) -> dict[str, Any]:
    """The answer's JSON, when it has that status."""
    expect_status(answer, status)
    told: dict[str, Any] = answer.json()
    return told


def expect_status(answer: Answer, status: int) -> None:
    """Ends the bench when it has another one."""
    if answer.status != status:
        raise SystemExit(f"expected {status}, got {answer.status}: {answer.body[:500].decode(errors='replace')}")
