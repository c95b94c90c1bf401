"""Sealing keys: one for each, wrapped, apart from the events, and gone for good once they are destroyed."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from adapters.database import Database, connect
from adapters.erasure.record import LOOKS_EVERY, PERSON, Erased, ErasureRecord
from adapters.eventlog.keys import Keyring
from tests.contract.log.things import new_thing, opened, record

NONCE = b"\x00" * 12


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Database]:
    database = connect(store_url)
    yield database
    await database.close()


@pytest.fixture
async def keyring(store: Database, tmp_path: Path) -> Keyring:
    keyring = Keyring(store, tmp_path / "keks")
    await keyring.prepare()
    return keyring


async def opens(keyring: Keyring, owner: UUID, sealed: bytes) -> bytes:
    await keyring.ensure([owner])
    key = keyring.opening(owner)
    assert key is not None
    return key.decrypt(NONCE, sealed, None)


async def test_what_one_keyring_seals_another_on_the_same_store_opens(
    keyring: Keyring, store: Database, tmp_path: Path
) -> None:
    anna, berta = uuid4(), uuid4()
    await keyring.make([anna, berta])
    await keyring.ensure([anna, berta])
    sealed = keyring.sealing(anna).encrypt(NONCE, b"words", None)
    another = Keyring(store, tmp_path / "keks")
    assert await opens(another, anna, sealed) == b"words"
    with pytest.raises(InvalidTag):
        await opens(another, berta, sealed)


async def test_making_a_key_again_keeps_the_first(keyring: Keyring, store: Database, tmp_path: Path) -> None:
    anna = uuid4()
    await keyring.make([anna])
    await keyring.ensure([anna])
    sealed = keyring.sealing(anna).encrypt(NONCE, b"words", None)
    await keyring.make([anna, anna])
    assert await opens(Keyring(store, tmp_path / "keks"), anna, sealed) == b"words"


async def test_a_key_is_stored_only_wrapped_and_for_its_owner(
    keyring: Keyring, store: Database, tmp_path: Path
) -> None:
    anna, berta = uuid4(), uuid4()
    await keyring.make([anna, berta])
    table = "concord_keys.sealing_keys" if store.dialect == "postgresql" else "sealing_keys"
    rows = {UUID(r.owner_id): bytes(r.wrapped) for r in await store.fetch_all(f"SELECT owner_id, wrapped FROM {table}")}
    (kek_file,) = (tmp_path / "keks").iterdir()
    kek = AESGCM(kek_file.read_bytes())
    wrapped = rows[anna]
    assert len(kek.decrypt(wrapped[:12], wrapped[12:], str(anna).encode())) == 32
    with pytest.raises(InvalidTag):  # a wrapped key cannot be put under another's name
        kek.decrypt(wrapped[:12], wrapped[12:], str(berta).encode())


async def test_the_wrapping_key_is_a_file_of_the_month_that_only_its_owner_reads(
    keyring: Keyring, tmp_path: Path
) -> None:
    await keyring.make([uuid4()])
    (kek_file,) = (tmp_path / "keks").iterdir()
    assert kek_file.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "keks").stat().st_mode & 0o777 == 0o700
    assert len(kek_file.read_bytes()) == 32


async def test_a_destroyed_key_is_gone_here_at_once_and_elsewhere_soon(
    keyring: Keyring, store: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.eventlog.keys.KEPT_SECONDS", 0.05)
    anna = uuid4()
    await keyring.make([anna])
    elsewhere = Keyring(store, tmp_path / "keks")
    await elsewhere.ensure([anna])
    assert elsewhere.opening(anna) is not None
    await keyring.destroy(anna)
    await keyring.destroy(anna)
    await keyring.ensure([anna])
    assert keyring.opening(anna) is None
    with pytest.raises(KeyError):
        keyring.sealing(anna)
    await asyncio.sleep(0.1)
    await elsewhere.ensure([anna])
    assert elsewhere.opening(anna) is None


async def test_whom_the_erasure_ledger_names_has_no_key_anywhere_any_more(store: Database, tmp_path: Path) -> None:
    path = tmp_path / "erasures.jsonl"
    here, elsewhere = (Keyring(store, tmp_path / "keks", ErasureRecord(path).owners) for _ in range(2))
    await here.prepare()
    anna, berta = uuid4(), uuid4()
    await here.make([anna, berta])
    opened: list[str] = []
    elsewhere.forgetting.append(lambda: opened.append("forgotten"))
    await elsewhere.ensure([anna, berta])
    assert elsewhere.opening(anna) is not None
    ErasureRecord(path).add([Erased(str(anna), "2027-01-01", PERSON)])
    await asyncio.sleep(LOOKS_EVERY)
    elsewhere.look()
    assert (elsewhere.opening(anna), opened) == (None, ["forgotten"])
    await here.ensure([anna, berta])
    with pytest.raises(KeyError):
        here.sealing(anna)
    assert here.opening(berta) is not None


async def test_who_lost_a_key_never_gets_another(keyring: Keyring, store: Database, tmp_path: Path) -> None:
    anna, nobody = uuid4(), uuid4()
    await keyring.make([anna])
    assert await keyring.fingerprint(anna) is not None
    for owner in (anna, nobody):
        await keyring.destroy(owner)
        another = Keyring(store, tmp_path / "keks")
        await another.make([owner])
        await another.ensure([owner])
        assert another.opening(owner) is None
        assert await another.fingerprint(owner) is None
    assert await keyring.find_there([anna, nobody]) == []


async def test_a_key_made_after_one_was_looked_for_in_vain_is_found(
    keyring: Keyring, store: Database, tmp_path: Path
) -> None:
    anna = uuid4()
    await keyring.ensure([anna])
    assert keyring.opening(anna) is None
    await Keyring(store, tmp_path / "keks").make([anna])
    await keyring.ensure([anna])
    assert keyring.opening(anna) is not None


async def test_many_keys_are_loaded_together(keyring: Keyring) -> None:
    people = [uuid4() for _ in range(1200)]
    await keyring.make(people)
    await keyring.ensure(people)
    assert all(keyring.opening(p) is not None for p in people)


async def test_a_lost_wrapping_key_is_an_error_and_never_taken_for_an_erasure(
    keyring: Keyring, store: Database, tmp_path: Path
) -> None:
    anna = uuid4()
    await keyring.make([anna])
    for path in (tmp_path / "keks").iterdir():
        path.unlink()
    with pytest.raises(FileNotFoundError):
        await Keyring(store, tmp_path / "keks").ensure([anna])


async def test_on_sqlite_the_keys_are_in_a_file_apart_from_the_events(sqlite_url: str, tmp_path: Path) -> None:
    async with opened(sqlite_url, tmp_path) as ledger:
        await record(ledger, await new_thing(ledger))
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as events:
        names = {name for (name,) in events.execute("SELECT name FROM sqlite_master")}
    assert "log_events" in names
    assert "sealing_keys" not in names
    with sqlite3.connect(tmp_path / "keys.sqlite") as keys:
        assert keys.execute("SELECT count(*) FROM sealing_keys").fetchone() == (2,)
