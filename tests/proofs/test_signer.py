"""The signer goes on from what it signed, and an older copy of the log takes no writes until an operator's word."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest

from adapters.eventlog.merkle import EMPTY_ROOT, consistency_parts, leaf_hash, root
from adapters.proofs.audit import audit, what_was_signed
from adapters.proofs.notes import BadNote, Checkpoint, SigningKey, VerifierKey
from adapters.proofs.restoring import accept
from adapters.proofs.signer import Behind, KeyMissing, Overtaken, Rewritten, Signer
from domain.people.events import LogRestored
from services.ports import Withheld
from tests.proofs.workplace import founded, opened, steward_of, verified, write

ORIGIN = "concord.0197a2c0-0000-7000-8000-00000000000a/log"
LEAVES = [leaf_hash(str(n).encode(), b"") for n in range(40)]


def signed(signer: Signer, leaves: list[bytes], since: int) -> str:
    """A checkpoint of these leaves, proved from that size on."""
    proof = [root(leaves[a:b]) for a, b in consistency_parts(since, len(leaves))]
    return signer.sign(len(leaves), root(leaves), b"", since=since, proof=proof)


def test_it_signs_what_continues_and_nothing_else(tmp_path: Path) -> None:
    signer = Signer(tmp_path / "signing", ORIGIN)
    assert (signer.last().size, signer.last().root) == (0, EMPTY_ROOT)
    signed(signer, LEAVES[:10], 0)
    note = signed(signer, LEAVES[:25], 10)
    assert signer.verifier.checked(note) == Signer(tmp_path / "signing", ORIGIN).last()
    with pytest.raises(Overtaken):
        signed(signer, LEAVES, 10)
    with pytest.raises(Behind):
        signed(signer, LEAVES[:20], 25)
    other = [*LEAVES[:3], LEAVES[0], *LEAVES[4:]]
    with pytest.raises(Rewritten):
        signed(signer, other, 25)
    with pytest.raises(Rewritten):
        signed(signer, other[:25], 25)
    assert signer.last_note() == note
    for path in (tmp_path / "signing").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "signing").stat().st_mode) == 0o700
    (tmp_path / "signing" / "log.key").unlink()
    with pytest.raises(KeyMissing):
        signed(signer, LEAVES, 25)


def test_a_note_is_that_of_its_key_and_of_every_byte() -> None:
    # The example of https://pkg.go.dev/golang.org/x/mod/sumdb/note: made by another program, read by this one.
    given = VerifierKey.read("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    assert str(given).startswith("PeterNeumann+c74f20a3+")
    key = SigningKey.make(ORIGIN)
    assert SigningKey.read(key.written()).verifier == key.verifier == VerifierKey.read(str(key.verifier))
    checkpoint = Checkpoint(ORIGIN, 40, root(LEAVES), b"r" * 32, ("restored 12 of 15",))
    note = key.sign(checkpoint)
    assert key.verifier.checked(note) == checkpoint
    for n in range(len(note)):
        if note[n] in "\n=":
            continue
        changed = note[:n] + ("A" if note[n] != "A" else "B") + note[n + 1 :]
        with pytest.raises(BadNote):
            key.verifier.checked(changed)
    with pytest.raises(BadNote):
        SigningKey.make(ORIGIN).verifier.checked(note)


async def test_an_older_copy_is_noticed_and_waits_for_an_operator(tmp_path: Path) -> None:
    data, url = tmp_path / "data", f"sqlite:///{tmp_path}/data/concord.sqlite"
    async with opened(url, data) as concord:
        actor = await founded(concord)
        await write(concord, actor, 3)
        await concord.checkpoints.make()
    older = tmp_path / "older.sqlite"
    shutil.copy(data / "concord.sqlite", older)
    async with opened(url, data) as concord:
        await write(concord, actor, 5)
        held = await concord.checkpoints.make()
        signed_then = await concord.ledger.head()
    shutil.copy(older, data / "concord.sqlite")

    async with opened(url, data) as concord:
        head = await concord.ledger.head()
        assert head < signed_then
        with pytest.raises(Withheld):
            await write(concord, actor, 1)
        with pytest.raises(Withheld):
            await concord.checkpoints.make()
        assert await concord.ledger.head() == head
        assert [f.first for f in (await verified(concord)).in_order] == [head + 1]
        restored = await accept(concord)
        assert (restored.events, restored.signed) == (head, signed_then)
        actor = await steward_of(concord, str(actor.person_id))
        await write(concord, actor, 7)
        note = await concord.checkpoints.make()
        assert f"\nrestored {head} of {signed_then}\n" in note
        assert (await verified(concord)).ok
        facts = await concord.ledger.facts(actor.organisation.id)
        assert [f.fact.signed for f in facts if isinstance(f.fact, LogRestored)] == [signed_then]
        # Longer than before by now, and yet whoever holds the checkpoint from before sees that it is another log.
        others = what_was_signed(concord.checkpoints.signer, [held])
        assert not (await audit(concord.ledger, concord.database, others)).ok
    async with opened(url, data) as concord:
        await write(concord, actor, 1)
