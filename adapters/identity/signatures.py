"""What passkeys are asked for and what they answer (WebAuthn): made and checked by the webauthn package."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

ASKED_FOR = 300_000
"""How long a device may take to answer (milliseconds)."""


class NotSigned(Exception):
    """The answer is not what was asked for, or not signed by the passkey."""


@dataclass(frozen=True)
class Site:
    """Where the passkeys are for."""

    origin: str

    @property
    def id(self) -> str:
        """The host that passkeys are bound to."""
        return urlsplit(self.origin).hostname or "localhost"


@dataclass(frozen=True)
class NewKey:
    """What a device made."""

    credential_id: str
    public_key: bytes
    sign_count: int


def asking_for_a_key(
    site: Site, challenge: bytes, person_id: UUID, email: str, name: str, known: Iterable[str]
) -> dict[str, Any]:
    """What a browser needs to make a passkey that can be found again without an address."""
    from webauthn import base64url_to_bytes, generate_registration_options, options_to_json  # noqa: PLC0415
    from webauthn.helpers.structs import (  # noqa: PLC0415
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    options = generate_registration_options(
        rp_id=site.id,
        rp_name="Concord",
        user_id=person_id.bytes,
        user_name=email,
        user_display_name=name,
        challenge=challenge,
        timeout=ASKED_FOR,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(each)) for each in known],
    )
    made: dict[str, Any] = json.loads(options_to_json(options))
    return made


def asking_for_a_signature(site: Site, challenge: bytes) -> dict[str, Any]:
    """What a browser needs to sign in with any passkey that it has for this site."""
    from webauthn import generate_authentication_options, options_to_json  # noqa: PLC0415
    from webauthn.helpers.structs import UserVerificationRequirement  # noqa: PLC0415

    options = generate_authentication_options(
        rp_id=site.id,
        challenge=challenge,
        timeout=ASKED_FOR,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    made: dict[str, Any] = json.loads(options_to_json(options))
    return made


def new_key(site: Site, challenge: bytes, credential: dict[str, Any]) -> NewKey:
    """The key that a device has made; NotSigned when it is not for this."""
    from webauthn import verify_registration_response  # noqa: PLC0415
    from webauthn.helpers import bytes_to_base64url  # noqa: PLC0415

    try:
        found = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except Exception:
        # What anybody may send goes through parsers of CBOR, ASN.1 and keys: however one gives up, it is no key.
        raise NotSigned from None
    return NewKey(bytes_to_base64url(found.credential_id), found.credential_public_key, found.sign_count)


def signed(site: Site, challenge: bytes, credential: dict[str, Any], public_key: bytes, sign_count: int) -> int:
    """How often the key has signed by now; NotSigned when it did not sign this, or somebody copied it."""
    from webauthn import verify_authentication_response  # noqa: PLC0415

    try:
        found = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.id,
            expected_origin=site.origin,
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    except Exception:
        raise NotSigned from None  # as above
    return found.new_sign_count
