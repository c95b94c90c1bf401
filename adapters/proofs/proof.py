"""A proof that one event is in the log, as C2SP's tlog-proof: one text that is checked without Concord.

    c2sp.org/tlog-proof@v1
    extra <header length, header, SHA-256 of the body; base64>
    index 1233
    <hash, base64> ...

    <checkpoint>

`extra` holds what the leaf is the hash of, and no content: of the body only its hash.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Sequence

from adapters.eventlog.log import StoredRecord

FIRST_LINE = "c2sp.org/tlog-proof@v1"


def proof_text(record: StoredRecord, hashes: Sequence[bytes], note: str) -> str:
    """The proof of a record; the body itself is not in it, so it shows nothing that was sealed."""
    digest = hashlib.sha256(record.body).digest()
    of = len(record.header).to_bytes(8, "big") + record.header + digest
    lines = [FIRST_LINE, f"extra {written(of)}", f"index {record.position - 1}", *(written(one) for one in hashes)]
    return "\n".join(lines) + f"\n\n{note}"


def written(raw: bytes) -> str:
    """Base64, as all of C2SP writes it."""
    return b64encode(raw).decode()
