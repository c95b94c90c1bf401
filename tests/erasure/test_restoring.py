"""A copy from before an erasure does not bring anybody back: the ledger outside the database is gone over first."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from adapters.erasure.record import PERSON, Erased, ErasureRecord
from adapters.proofs.backup import back_up
from adapters.proofs.restoring import accept, put_back
from adapters.settings import Misconfigured, Settings
from domain.people.erasing_events import PersonErased
from services.people.tokens import IssueToken, issue_token
from services.ports import Withheld
from tests.erasure.house import A_WEEK_LATER, House, actor, added, announced, desk, founded, is_gone
from tests.erasure.house import person_of as person_in


async def test_a_backup_from_before_brings_nobody_back(store_url: str, tmp_path: Path) -> None:
    house = House(store_url, tmp_path / "data", tmp_path / "elsewhere" / "erasures.jsonl")
    async with house.opened() as concord:
        steward = await founded(concord)
        ben, cy = await added(concord, steward, "Ben"), await added(concord, steward, "Cy")
        await announced(concord, steward, ben)
        contents = await back_up(concord, tmp_path / "backup")
    async with house.opened(A_WEEK_LATER, following=True) as concord:
        await concord.clockwork.catch_up()
        assert await is_gone(concord, ben)
        key = concord.eraser.written.of(ben)
        assert key is not None
        assert key.key is not None
        (said,) = [f.fact for f in await concord.ledger.facts(ben) if f.fact.TOPIC.endswith("erasure_completed")]
        assert vars(said)["keys"] == (key.key,)

    copy = House(f"sqlite:///{tmp_path}/copy/concord.sqlite", tmp_path / "copy")
    await put_back(settings_of(copy), tmp_path / "backup", house.ledger)
    async with copy.opened(A_WEEK_LATER) as concord:
        # Nothing is recorded yet, and yet there is nothing to read.
        assert await concord.identities.names([ben, cy]) == {cy: "Cy"}
        assert await concord.ledger.keyring.find_there([ben]) == []
        with pytest.raises(Withheld):
            await issue_token(desk(concord, await actor(concord, cy)), concord.identities, IssueToken("x", ("all",)))
        await accept(concord, contents)
        assert await is_gone(concord, ben)
        assert not await is_gone(concord, cy)
        erased = [f.fact for f in await concord.ledger.facts(ben) if isinstance(f.fact, PersonErased)]
        assert [fact.cause for fact in erased] == ["again"]
        assert (await person_in(concord, ben)).erasure_completed_at is not None


async def test_a_file_put_back_by_hand_brings_nobody_back(sqlite_url: str, tmp_path: Path) -> None:
    house = House(sqlite_url, tmp_path / "data")
    async with house.opened() as concord:
        steward = await founded(concord)
        ben = await added(concord, steward, "Ben")
        await announced(concord, steward, ben)
    place, older = Path(sqlite_url.removeprefix("sqlite:///")), tmp_path / "older"
    shutil.copy(place, older)
    shutil.copy(house.data_dir / "keys.sqlite", tmp_path / "older-keys")
    async with house.opened(A_WEEK_LATER, following=True) as concord:
        await concord.clockwork.catch_up()
    shutil.copy(older, place)
    shutil.copy(tmp_path / "older-keys", house.data_dir / "keys.sqlite")
    async with house.opened(A_WEEK_LATER) as concord:
        # Nothing was signed meanwhile, so nobody can tell that it is an older copy, but the ledger.
        assert await is_gone(concord, ben)
    async with house.opened(A_WEEK_LATER) as concord:
        assert len([f for f in await concord.ledger.facts(ben) if isinstance(f.fact, PersonErased)]) == 1


def test_a_line_that_was_cut_off_is_nobodys_and_spoils_no_other(tmp_path: Path) -> None:
    record = ErasureRecord(tmp_path / "erasures.jsonl")
    first, second = Erased(f"{1:032x}", "2027-01-01", PERSON, "ab"), Erased(f"{2:032x}", "2027-01-02", PERSON)
    record.add([first])
    with record.path.open("ab") as file:
        file.write(b'{"id": "0000')
    elsewhere = ErasureRecord(record.path)
    elsewhere.add([second, first])
    assert list(record.lines()) == [first, second]
    assert record.owners() is record.owners()
    with record.path.open("ab") as file:
        file.write(b'{"id": "nobody"}\n{"id": 7}\n')
    with pytest.raises(Misconfigured, match="Line 4"):
        ErasureRecord(record.path).lines()


def settings_of(house: House) -> Settings:
    return Settings(_env_file=None, data_dir=house.data_dir, database_url=house.url)
