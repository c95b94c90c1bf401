"""A page on its way: who looks, what the API answers them, and the page made of that."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from starlette.responses import Response

from adapters.bootstrap import Concord
from adapters.http.conventions import API, position, seen_version
from adapters.http.cookies import done_in, forget_done, seen_position
from adapters.http.deps import concord_of
from adapters.http.pages import words
from adapters.http.pages.done import DONE
from adapters.http.pages.inside import ANSWERED, REFUSED, ask
from adapters.http.pages.refused import FormState, Refused
from adapters.http.pages.rendering import HEADERS, render
from adapters.http.pages.telling import Telling
from adapters.http.problems import Problem
from adapters.http.security import actor_of
from services.ports import Actor, Standing

NAVIGATION = (
    ("/", "Today"),
    ("/agreements", "Agreements"),
    ("/commitments", "Promises"),
    ("/imbalance-periods", "Imbalance"),
    ("/people", "People"),
)
"""What every page leads to: the address, and what it is called."""

VISIT = "concord.visit"
"""Where in a request's scope its visit is."""
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass
class Visit:
    """Somebody looks at a page. `actor` is None where nobody is signed in, which only few pages allow."""

    request: Request
    concord: Concord
    actor: Actor | None = None
    standing: Standing | None = None

    @property
    def me(self) -> UUID:
        """Who looks."""
        return self._somebody.person_id

    @property
    def zone(self) -> ZoneInfo:
        """The zone that instants are told in, and local times are written in: the reader's."""
        return self._somebody.own_zone or self.days_zone if self.actor is not None else self.days_zone

    @property
    def days_zone(self) -> ZoneInfo:
        """The zone that bare days are of: the organisation's, wherever they are read."""
        return self._somebody.organisation.zone if self.actor is not None else ZoneInfo("UTC")

    @property
    def now(self) -> datetime:
        """The present, where the reader is."""
        return self.concord.clock.now().astimezone(self.zone)

    @property
    def today(self) -> date:
        """The present day of the organisation, which is what days are counted from."""
        return self.now.astimezone(self.days_zone).date()

    @property
    def steward(self) -> bool:
        """Whether a steward looks."""
        return self.standing is not None and "steward" in self.standing.roles

    @property
    def address(self) -> str:
        """This page's path with its query."""
        url = self.request.url
        return url.path + (f"?{url.query}" if url.query else "")

    @property
    def refused(self) -> Refused | None:
        """The form that comes back to this page."""
        found: Refused | None = self.request.scope.get(REFUSED)
        return found

    @property
    def answered(self) -> Any:
        """What the API answered to a form of this page that asked to show it here."""
        return self.request.scope.get(ANSWERED)

    async def get(self, path: str, **query: object) -> Any:
        """What the API answers this person; a query's names may end with an underscore (`from_`).

        `seen` in it is the version that is shown, for the forms that change it. It is never older than what they
        did themselves or were told of. Raises the Problem that it answers instead.
        """
        seen = self._seen()
        answer = await ask(
            self.request,
            "GET",
            API + path,
            query={name.rstrip("_"): value for name, value in query.items()},
            headers={} if seen is None else {"Concord-Min-Position": str(seen)},
            known=None if self.actor is None or self.standing is None else (self.actor, self.standing),
        )
        if answer.status != 200:
            raise answer.problem()
        document = answer.document
        version = seen_version({"if-match": answer.headers.get("etag", "*")}, required=False)
        if isinstance(document, dict) and version is not None:
            document["seen"] = version
        return document

    def _seen(self) -> int | None:
        """How far the log had come with what they did themselves, and with what a script of the page heard of."""
        known = (seen_position(self.request, self.concord.settings), position(self.request))
        return max((one for one in known if one is not None), default=None)

    async def get_all(self, *paths: str) -> list[Any]:
        """What the API answers to several, asked side by side."""
        return list(await asyncio.gather(*(self.get(path) for path in paths)))

    async def find(self, path: str, **query: object) -> Any:
        """The same as `get`; None where nothing is there for this person."""
        try:
            return await self.get(path, **query)
        except Problem as problem:
            if problem.status in (403, 404):
                return None
            raise

    async def page(self, template: str, title: str, *, status: int = 200, **context: Any) -> Response:
        """The page. Every id of a person or team in the context has a name in the template: `name(id)`."""
        names = await self._names(context)
        done = DONE.get(done_in(self.request, self.concord.settings) or "")
        html = render(template, {**self._frame(title, names), "done": done, **context})
        answer = Response(html, status, HEADERS, media_type="text/html")
        return forget_done(answer, self.concord.settings) if done else answer

    def _frame(self, title: str, names: dict[str, str]) -> dict[str, Any]:
        telling = Telling(self.now, self.zone, self.days_zone)
        return {
            "title": title,
            "visit": self,
            "path": self.request.url.path,
            "address": self.address,
            "navigation": NAVIGATION if self.actor is not None else (),
            "organisation": self.actor.organisation if self.actor is not None else None,
            "me": str(self.me) if self.actor is not None else "",
            "today": self.today,
            "refused": self.refused,
            "name": lambda id: names.get(str(id), "former party") if id is not None else "nobody",
            "form_state": lambda name: FormState(name, self._refused(name)),
            "slug": slug,
            "day": telling.day,
            "near": telling.near,
            "how_far": telling.how_far,
            "last_day": telling.last_day,
            "time_of": telling.time_of,
            "zone_name": words.place(self.zone),
            "days_zone_name": words.place(self.days_zone),
        }

    def _refused(self, form: str) -> Refused | None:
        return self.refused if self.refused is not None and self.refused.form == form else None

    async def _names(self, context: dict[str, Any]) -> dict[str, str]:
        wanted = {UUID(id) for id in _ids(context)}
        if self.actor is not None:
            wanted.add(self.me)
        names = {str(id): name for id, name in (await self.concord.identities.names(sorted(wanted))).items()}
        if self.actor is not None and _speaks_of_teams(context):
            names |= {team["id"]: team["name"] for team in (await self.get("/teams", limit=200))["items"]}
        return names

    @property
    def _somebody(self) -> Actor:
        if self.actor is None:
            raise LookupError("nobody is signed in")
        return self.actor


async def visiting(request: Request) -> Visit:
    """Whoever looks, or nobody."""
    concord = concord_of(request)
    try:
        actor, standing = await actor_of(request, concord)
    except Problem as problem:
        if problem.status != 401:
            raise
        return Visit(request, concord)
    return Visit(request, concord, actor, standing)


async def _visit(request: Request) -> Visit:
    found: Visit = request.scope[VISIT]
    return found


Visits = Annotated[Visit, Depends(_visit)]
"""What a page takes to know who looks."""


def slug(name: str) -> str:
    """A name that may stand in an address."""
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower()


def sign_in_address(address: str) -> str:
    """The sign-in page, that leads back to another one."""
    return "/sign-in" if address == "/" else f"/sign-in?next={quote(address, safe='/')}"


def _speaks_of_teams(value: Any) -> bool:
    if isinstance(value, dict):
        return "team_id" in value or any(map(_speaks_of_teams, value.values()))
    return isinstance(value, list | tuple) and any(map(_speaks_of_teams, value))


def _ids(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            if len(one) == 36 and _ID.fullmatch(one):
                yield one
        elif isinstance(one, dict):
            waiting.extend(one.keys())
            waiting.extend(one.values())
        elif isinstance(one, list | tuple):
            waiting.extend(one)
        elif isinstance(one, UUID):
            yield str(one)
