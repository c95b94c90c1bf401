#!/usr/bin/env python3
"""Checks proofs and checkpoints of a Concord log, without Concord and without trusting whoever runs it.

    verify_proof.py proof KEY PROOF        that the event in PROOF is in the log whose checkpoint it carries
    verify_proof.py continues KEY OLD NEW  that the log of checkpoint OLD is the beginning of that of NEW
    verify_proof.py checkpoint KEY NOTE    that a checkpoint is signed, and what it says

KEY is the public key as text, or a file that holds it. It must come from somewhere you trust: write it
down when you first see it. PROOF is the answer of GET /api/v1/audit/proofs (or its `proof` alone), NEW that
of GET /api/v1/audit/checkpoint?since=SIZE, with SIZE that of OLD; OLD and NOTE are checkpoints you kept.
Exit 0: it holds; 1: it does not; 2: asked in the wrong way. Python 3.8 or newer, and nothing else.
"""

import base64
import hashlib
import json
import os
import sys

# Ed25519, RFC 8032 section 5.1, for checking only.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


class Fails(Exception):
    """It does not hold; the message says why."""


def _x_of(y, sign):
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P:
        return None
    return P - x if x & 1 != sign else x


def _add(a, b):
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, k, m, n = f - e, h - g, h + g, f + e
    return (e * k % P, m * n % P, k * m % P, e * n % P)


def _times(number, point):
    result = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = _add(result, point)
        point, number = _add(point, point), number >> 1
    return result


def _point_of(raw):
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    x = _x_of(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = (_x_of(BASE_Y, 0), BASE_Y, 1, _x_of(BASE_Y, 0) * BASE_Y % P)


def _signed(public, message, signature):
    """Whether the signature on the message is that of the key."""
    if len(signature) != 64:
        return False
    key, r, s = _point_of(public), _point_of(signature[:32]), int.from_bytes(signature[32:], "little")
    if key is None or r is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    one, other = _times(s, BASE), _add(r, _times(h, key))
    return (one[0] * other[2] - other[0] * one[2]) % P == 0 and (one[1] * other[2] - other[1] * one[2]) % P == 0


# Notes and keys, c2sp.org/signed-note and c2sp.org/tlog-checkpoint.


def _decoded(text):
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise Fails("something in it is not base64") from None


def _read_key(text):
    if os.path.isfile(text):
        with open(text, encoding="utf-8") as file:
            text = file.read()
    name, _, rest = text.strip().partition("+")
    key_hash, _, encoded = rest.partition("+")
    raw = _decoded(encoded)
    right = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    if len(raw) != 33 or raw[:1] != b"\x01" or right.hex() != key_hash:
        raise Fails("the key is none")
    return name, right, raw[1:]


def _read_note(key, note):
    """Size, root and further lines of a checkpoint, once its signature holds."""
    name, key_hash, public = key
    text, _, signatures = note.partition("\n\n")
    for line in signatures.split("\n"):
        if line.startswith("\u2014 " + name + " "):
            raw = _decoded(line.split(" ")[2])
            if raw[:4] == key_hash and _signed(public, (text + "\n").encode(), raw[4:]):
                break
    else:
        raise Fails("the checkpoint is not signed by this key")
    lines = text.split("\n")
    if len(lines) < 3 or lines[0] != name or not lines[1].isdigit():
        raise Fails("the checkpoint is not one of this log")
    root = _decoded(lines[2])
    if len(root) != 32:
        raise Fails("the checkpoint has no root")
    return int(lines[1]), root, lines[3:]


# The tree, RFC 9162 section 2.1.


def _node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def _is_in(leaf, index, size, root, hashes):
    if not 0 <= index < size:
        return False
    at, last, digest = index, size - 1, leaf
    for one in hashes:
        if last == 0:
            return False
        if at & 1 or at == last:
            digest = _node(one, digest)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            digest = _node(digest, one)
        at, last = at >> 1, last >> 1
    return last == 0 and digest == root


def _is_beginning(old, old_root, new, new_root, hashes):
    if old == new:
        return not hashes and old_root == new_root
    if old == 0:
        return not hashes and old_root == hashlib.sha256(b"").digest()
    if not 0 < old < new or not hashes:
        return False
    hashes = hashes if old & (old - 1) else [old_root, *hashes]
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    was = now = hashes[0]
    for one in hashes[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            was, now = _node(one, was), _node(one, now)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            now = _node(now, one)
        at, last = at >> 1, last >> 1
    return last == 0 and was == old_root and now == new_root


# What is asked.


def _check_proof(key, text):
    """The header of the event, and what the checkpoint in the proof says."""
    if text.lstrip().startswith("{"):
        text = json.loads(text)["proof"]
    head, _, note = text.partition("\n\n")
    first, extra, index, *hashes = head.split("\n")
    if first != "c2sp.org/tlog-proof@v1" or not extra.startswith("extra ") or not index.startswith("index "):
        raise Fails("this is no proof")
    size, root, more = _read_note(key, note)
    of = _decoded(extra[6:])
    length = int.from_bytes(of[:8], "big")
    if len(of) != 8 + length + 32:
        raise Fails("the proof does not say of what it is")
    leaf = hashlib.sha256(b"\x00" + of).digest()
    if not _is_in(leaf, int(index[6:]), size, root, [_decoded(one) for one in hashes]):
        raise Fails("this event is not in that log")
    return {
        "position": int(index[6:]) + 1,
        "size": size,
        "header": json.loads(of[8:-32]),
        "body_sha256": of[-32:].hex(),
        "checkpoint": more,
    }


def _check_continues(key, old, new):
    """How many events both have."""
    answer = json.loads(new)
    old_size, old_root, _ = _read_note(key, old)
    new_size, new_root, more = _read_note(key, answer["checkpoint"])
    hashes = [_decoded(one) for one in answer["consistency"]]
    if new_size < old_size:
        raise Fails("the newer log is shorter: an older copy of it came back")
    if not _is_beginning(old_size, old_root, new_size, new_root, hashes):
        raise Fails("the newer log does not continue the older one")
    return {"old": old_size, "new": new_size, "checkpoint": more}


def _check_checkpoint(key, note):
    """What a checkpoint says."""
    if note.lstrip().startswith("{"):
        note = json.loads(note)["checkpoint"]
    size, root, more = _read_note(key, note)
    return {"size": size, "root": root.hex(), "checkpoint": more}


CHECKS = {"proof": (_check_proof, 1), "continues": (_check_continues, 2), "checkpoint": (_check_checkpoint, 1)}


def main(arguments):
    """Does what is asked; the exit code."""
    if len(arguments) < 2 or arguments[0] not in CHECKS or len(arguments) != 2 + CHECKS[arguments[0]][1]:
        print(__doc__, file=sys.stderr)
        return 2
    texts = []
    try:
        for path in arguments[2:]:
            with open(path, encoding="utf-8") as file:
                texts.append(file.read())
        found = CHECKS[arguments[0]][0](_read_key(arguments[1]), *texts)
    except Fails as why:
        print(f"It does not hold: {why}.", file=sys.stderr)
        return 1
    except OSError as why:
        print(why, file=sys.stderr)
        return 2
    except (ValueError, KeyError, TypeError, AttributeError):
        print("It does not hold: this is not in the form that it should have.", file=sys.stderr)
        return 1
    print(json.dumps(found, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
