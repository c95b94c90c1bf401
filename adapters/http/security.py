"""Who asks: the one place where a credential becomes an actor."""

from __future__ import annotations

from starlette.requests import HTTPConnection

from adapters.bootstrap import Concord
from adapters.http.problems import unauthenticated
from services.ports import Actor, Standing


async def actor_of(connection: HTTPConnection, concord: Concord) -> tuple[Actor, Standing]:
    """The person whose token is sent, if the token holds and the person is active; 401 for anybody else.

    What a token covers is narrowed by its scopes; what its owner may do at all is asked of the policy.
    """
    scheme, _, secret = connection.headers.get("authorization", "").partition(" ")
    secret = secret.strip()
    if scheme.lower() != "bearer" or not secret or not secret.isascii():
        raise unauthenticated()
    found = await concord.identities.credential(secret)
    if found is None:
        raise unauthenticated()
    (token, standing), now = found, concord.clock.now()
    organisation = await concord.identities.organisation(token.organisation_id)
    if organisation is None or not standing.active or (token.expires_at is not None and token.expires_at <= now):
        raise unauthenticated()
    if token.last_used_on != now.date():
        await concord.identities.used_token(token, now.date())
    return Actor(token.person_id, organisation, frozenset(token.scopes), token.token_id), standing
