from __future__ import annotations

import pytest

from tests.http.agreements.people import Someone
from tests.http.agreements.stories import Pair


@pytest.fixture
def people(steward: Someone, pair: Pair, cy: Someone) -> dict[str, Someone]:
    return {"steward": steward, "ada": pair.ada, "ben": pair.ben, "cy": cy}
