"""Checkpoints as C2SP signed notes with Ed25519: how they are written, read, signed and checked.

A checkpoint (c2sp.org/tlog-checkpoint) says which log, how many events, and the root over their
leaves; here also a digest of the receipts, and which restorations the log went through:

    concord.<log id>/log
    1234
    <root, base64>
    receipts <digest, base64>
    restored 1200 of 1230

    — concord.<log id>/log <key hash and signature, base64>

Keys are written as in c2sp.org/signed-note and Go's sumdb/note: the public one `name+hash+base64`.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519 = b"\x01"
_PRIVATE = "PRIVATE+KEY+"
_RECEIPTS = "receipts "


class BadNote(ValueError):
    """Something that should be a signed checkpoint or a key, and is none."""


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint says."""

    origin: str
    size: int
    root: bytes
    receipts: bytes = b""
    restorations: tuple[str, ...] = ()

    def text(self) -> str:
        """What is signed."""
        more = [_RECEIPTS + b64encode(self.receipts).decode()] if self.receipts else []
        lines = [self.origin, str(self.size), b64encode(self.root).decode(), *more, *self.restorations]
        return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True)
class VerifierKey:
    """The public half, to be handed out."""

    name: str
    public: bytes

    @property
    def hash(self) -> bytes:
        """The four bytes by which a signature line names its key."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.hash.hex()}+{b64encode(_ED25519 + self.public).decode()}"

    @classmethod
    def read(cls, text: str) -> VerifierKey:
        """The key in this text; raises BadNote."""
        name, key_hash, raw = _key_parts(text.strip())
        key = cls(name, raw)
        if key.hash.hex() != key_hash:
            raise BadNote("this is no public key: its hash is another's")
        return key

    def checked(self, note: str) -> Checkpoint:
        """What the note says, once this key's signature on it holds; raises BadNote."""
        text, _, signatures = note.partition("\n\n")
        for line in signatures.splitlines():
            name, _, signature = line.removeprefix("— ").partition(" ")
            raw = _decoded(signature)
            if line.startswith("— ") and name == self.name and raw[:4] == self.hash:
                try:
                    Ed25519PublicKey.from_public_bytes(self.public).verify(raw[4:], f"{text}\n".encode())
                except InvalidSignature:
                    break
                return read_text(f"{text}\n")
        raise BadNote("the checkpoint does not bear a signature of this key that holds")


class SigningKey:
    """The private half; it stays where it was made."""

    def __init__(self, name: str, seed: bytes) -> None:
        self._seed = seed
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.verifier = VerifierKey(name, self._key.public_key().public_bytes_raw())

    @classmethod
    def make(cls, name: str) -> SigningKey:
        """A new key."""
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def read(cls, text: str) -> SigningKey:
        """The key in this text; raises BadNote."""
        if not text.startswith(_PRIVATE):
            raise BadNote("this is no signing key")
        name, key_hash, seed = _key_parts(text.strip().removeprefix(_PRIVATE))
        key = cls(name, seed)
        if key.verifier.hash.hex() != key_hash:
            raise BadNote("this is no signing key: its hash is another's")
        return key

    def written(self) -> str:
        """The key as text, for a file that only its owner may read."""
        return f"{_PRIVATE}{self.verifier.name}+{self.verifier.hash.hex()}+{b64encode(_ED25519 + self._seed).decode()}"

    def sign(self, checkpoint: Checkpoint) -> str:
        """The signed note."""
        text = checkpoint.text()
        signature = b64encode(self.verifier.hash + self._key.sign(text.encode())).decode()
        return f"{text}\n— {self.verifier.name} {signature}\n"


def read_text(text: str) -> Checkpoint:
    """What a checkpoint's text says; raises BadNote."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not lines[0] or not lines[1].isascii() or not lines[1].isdigit():
        raise BadNote("this is no checkpoint")
    root, more = _decoded(lines[2]), lines[3:-1]
    receipts = b""
    if more and more[0].startswith(_RECEIPTS):
        receipts, more = _decoded(more[0].removeprefix(_RECEIPTS)), more[1:]
    checkpoint = Checkpoint(lines[0], int(lines[1]), root, receipts, tuple(more))
    if len(root) != 32 or checkpoint.text() != text:
        raise BadNote("this is no checkpoint")
    return checkpoint


def _key_parts(text: str) -> tuple[str, str, bytes]:
    name, _, rest = text.partition("+")
    key_hash, _, encoded = rest.partition("+")
    raw = _decoded(encoded)
    if len(raw) != 33 or raw[:1] != _ED25519:
        raise BadNote("this is no Ed25519 key")
    return name, key_hash, raw[1:]


def _decoded(text: str) -> bytes:
    try:
        raw = b64decode(text, validate=True)
    except ValueError as error:
        raise BadNote("this is not base64") from error
    if b64encode(raw).decode() != text:
        raise BadNote("this is not base64 as it is written")
    return raw
