"""The page where one signs in."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from adapters.http.pages.fields import one
from adapters.http.pages.inside import ask
from adapters.http.pages.routes import Pages
from adapters.http.pages.visit import Visits

pages = Pages()

FIRST_RUN = "/first-run"
"""There until there is an organisation."""


@pages.get("/sign-in", openapi_extra={"x-anonymous": True})
async def sign_in_page(visit: Visits) -> Response:
    """By password, by passkey, or at the organisation's own provider; then on to where one wanted to go."""
    wanted = visit.request.query_params.get("next", "/")
    if visit.actor is not None and visit.refused is None:
        return RedirectResponse(wanted if wanted.startswith("/") and wanted[1:2] not in ("/", "\\") else "/", 303)
    if visit.actor is None and (await ask(visit.request, "GET", FIRST_RUN)).status == 200:
        return RedirectResponse(FIRST_RUN, 303)
    carried = one(visit.refused.given, "_carried") if visit.refused is not None else ""
    settings = visit.concord.settings
    return await visit.page(
        "sign_in.html", "Sign in", wanted=wanted, carried=carried, elsewhere=bool(settings.oidc_issuer)
    )


@pages.get("/second-factor")
async def second_factor_page(visit: Visits) -> Response:
    """For whoever is in by a password where the organisation asks for more: making a passkey, or using one."""
    passkeys = await visit.get("/passkeys")
    return await visit.page("second_factor.html", "One more step", passkeys=passkeys["items"])


@pages.get("/forgotten", openapi_extra={"x-anonymous": True})
async def forgotten_page(visit: Visits) -> Response:
    """Asking for a new password by mail."""
    return await visit.page("forgotten.html", "A new password", mail=bool(visit.concord.settings.smtp_url))
