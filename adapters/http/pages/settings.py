"""My settings and what lets me in; who looked at what about me; what the organisation decided for everybody."""

from __future__ import annotations

from starlette.responses import Response

from adapters.http.pages.routes import Pages
from adapters.http.pages.visit import Visits

pages = Pages()

SCOPES = (
    ("all", "everything that I may do"),
    ("agreements:read", "read my agreements"),
    ("agreements:write", "act on my agreements"),
    ("commitments:read", "read my promises"),
    ("commitments:write", "act on my promises"),
    ("people:write", "say when I am away; as a steward, look after people"),
    ("audit:read", "ask for proofs"),
    ("import", "take in histories"),
)
ZONES = (
    "Africa/Cairo", "Africa/Johannesburg", "Africa/Lagos", "Africa/Nairobi", "America/Bogota", "America/Buenos_Aires",
    "America/Chicago", "America/Denver", "America/Halifax", "America/Los_Angeles", "America/Mexico_City",
    "America/New_York", "America/Sao_Paulo", "America/Toronto", "Asia/Bangkok", "Asia/Dhaka", "Asia/Dubai",
    "Asia/Hong_Kong", "Asia/Jakarta", "Asia/Jerusalem", "Asia/Karachi", "Asia/Kolkata", "Asia/Manila", "Asia/Seoul",
    "Asia/Shanghai", "Asia/Singapore", "Asia/Tehran", "Asia/Tokyo", "Australia/Perth", "Australia/Sydney",
    "Europe/Amsterdam", "Europe/Athens", "Europe/Berlin", "Europe/Dublin", "Europe/Helsinki", "Europe/Istanbul",
    "Europe/Kyiv", "Europe/Lisbon", "Europe/London", "Europe/Madrid", "Europe/Oslo", "Europe/Paris", "Europe/Prague",
    "Europe/Rome", "Europe/Stockholm", "Europe/Warsaw", "Europe/Zurich", "Pacific/Auckland", "Pacific/Honolulu", "UTC",
)  # fmt: skip
"""What is suggested while one writes; any other zone is taken as well."""
PROMPTS = (
    ("work_for_both", "How can we make this work for both of us?"),
    ("how_to_update", "How would you prefer to update me on your progress?"),
    ("hopes_and_worries", "What do you hope for, and what worries you?"),
)


@pages.get("/settings")
async def settings_page(visit: Visits) -> Response:
    """What concerns only me."""
    person, sessions, passkeys, tokens, absences = await visit.get_all(
        "/me", "/sessions", "/passkeys", "/tokens", "/me/absences"
    )
    answered = visit.answered
    return await visit.page(
        "settings.html",
        "Your settings",
        person=person,
        sessions=sessions["items"],
        passkeys=passkeys["items"],
        tokens=tokens["items"],
        absences=[one for one in absences["items"] if one["until_on"] >= visit.today.isoformat()],
        scopes=SCOPES,
        zones=ZONES,
        made=answered if isinstance(answered, dict) and "token" in answered else None,
    )


@pages.get("/settings/privacy")
async def privacy_page(visit: Visits, cursor: str | None = None) -> Response:
    """Who looked at what about me, how I was signed in, and how to take everything along or leave."""
    person, sign_ins = await visit.get_all("/me", "/me/sign-ins?limit=20")
    return await visit.page(
        "privacy.html",
        "Who sees what",
        person=person,
        reads=await visit.get("/audit/reads", about="me", cursor=cursor, limit=50),
        sign_ins=sign_ins["items"],
    )


@pages.get("/organisation")
async def organisation_page(visit: Visits) -> Response:
    """What the organisation decided for everybody; every member sees it, and every change of it."""
    policy = await visit.get("/organisation/policy")
    return await visit.page(
        "organisation.html",
        "What holds for everybody",
        policy=policy,
        prompts=PROMPTS,
        asked=dict(PROMPTS),
        may_change="PATCH" in policy["allowed_actions"],
    )
