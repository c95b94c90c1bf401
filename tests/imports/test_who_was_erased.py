"""Somebody known from a history elsewhere is erased like anybody, and no further import brings them back."""

from __future__ import annotations

import pytest

from adapters.erasure.identities import forget_people
from adapters.ids import uuid7
from domain.agreements.imported import imported_person_id
from services.imports.import_history import IS_ERASED
from services.people.erase_person import ErasePerson, erase_person
from tests.imports.conftest import ORGANISATION, Clock, Importer
from tests.imports.invented import proposed, update

ANNA = imported_person_id(ORGANISATION.id, "@anna")


@pytest.fixture
def store_url(sqlite_url: str) -> str:
    """One store is enough: what is tried is decided before it."""
    return sqlite_url


async def test_no_import_speaks_for_or_names_them_again(imports: Importer) -> None:
    said = update(actor="@anna", text="What Anna wrote")
    await imports.bring(proposed(), said)
    assert await imports.people.names([ANNA]) == {ANNA: "@anna"}
    await erase_person(imports.ledger, Clock(), uuid7, ErasePerson(ANNA, ORGANISATION, again=True))
    await imports.ledger.keyring.destroy(ANNA)
    await forget_people(imports.database, [ANNA])

    report = await imports.bring(proposed(), said, update(id="later", actor="@anna", text="More of it"))

    assert (report.repeated, report.applied) == (2, 0)
    assert [one.reason for one in report.refused] == [IS_ERASED]
    assert await imports.people.names([ANNA]) == {}
    assert await imports.ledger.keyring.find_there([ANNA]) == []
    assert "What Anna wrote" not in str(await imports.told())
