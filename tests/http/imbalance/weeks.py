"""Ada's periods for Ben: what they put first, and what gives way."""

from __future__ import annotations

from typing import Any

from tests.http.agreements.people import Someone
from tests.http.agreements.stories import Pair

Shown = dict[str, Any]
PERIODS = "/imbalance-periods"


def weeks(pair: Pair, first: int = 2, last: int = 15, **other: Any) -> Shown:
    """Two weeks for results from the day after tomorrow: days from today."""
    return {
        "focus": "results",
        "stakes": "The fair is on the 30th",
        "people": [{"person_id": pair.ben.id, "asked_for": "Ten hours a day"}],
        "starts_on": pair.ada.day(first),
        "ends_on": pair.ada.day(last),
        "set_aside": [{"text": "The reading circle"}],
        **other,
    }


async def drafted(pair: Pair, **other: Any) -> Shown:
    return await pair.ada.makes(PERIODS, weeks(pair, **other))


async def declared(pair: Pair, **other: Any) -> Shown:
    draft = await drafted(pair, **other)
    return await pair.ada.does(f"{PERIODS}/{draft['id']}/declare")


async def refused(who: Someone, path: str, body: Any = None, method: str = "POST") -> tuple[int, str, str]:
    """A command that is refused: status, code and sentence."""
    answer = await who.sends(method, path, body, If_Match="*")
    problem = answer.json()
    return answer.status_code, problem.get("code", answer.text), problem.get("detail", "")
