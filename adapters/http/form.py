"""What is wrong with the form of a request, said in sentences; what was sent is never said again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from adapters.http.problems import Problem

_SENTENCES = {
    "missing": "This is missing.",
    "extra_forbidden": "There is no such field here.",
    "string_type": "This is to be a text.",
    "int_type": "This is to be a whole number.",
    "int_parsing": "This is to be a whole number.",
    "bool_type": "This is to be true or false.",
    "bool_parsing": "This is to be true or false.",
    "list_type": "This is to be a list.",
    "dict_type": "This is to be an object.",
    "model_type": "This is to be an object.",
    "model_attributes_type": "This is to be an object.",
    "uuid_parsing": "This is not an id.",
    "uuid_type": "This is not an id.",
    "date_type": "Write a date like 2026-03-01.",
    "date_parsing": "Write a date like 2026-03-01.",
    "date_from_datetime_parsing": "Write a date like 2026-03-01.",
    "date_from_datetime_inexact": "Write a date like 2026-03-01.",
    "datetime_type": "Write an instant like 2026-03-01T09:00:00Z.",
    "datetime_parsing": "Write an instant like 2026-03-01T09:00:00Z.",
    "datetime_from_date_parsing": "Write an instant like 2026-03-01T09:00:00Z.",
    "timezone_aware": "Write an instant like 2026-03-01T09:00:00Z, with its zone.",
}


def malformed() -> Problem:
    """400: what was sent cannot be read at all."""
    return Problem(400, "malformed", "The body is not JSON that can be read.")


def invalid(errors: Mapping[str, str], sentence: str = "Some of what was sent is not right yet.") -> Problem:
    """422 with a sentence for each field."""
    return Problem(422, "invalid", sentence, errors=[{"field": f, "message": m} for f, m in errors.items()])


def sentences(errors: Iterable[Mapping[str, Any]], *, skip: int = 0) -> dict[str, str]:
    """A sentence for each of pydantic's errors, by the path of its field without the first `skip` parts."""
    told: dict[str, str] = {}
    for error in errors:
        field = ".".join(str(part) for part in error["loc"][skip:] if part != "[key]")
        message = _SENTENCES.get(error["type"]) or f"{_plainly(error['msg'])}."
        told.setdefault(field, message)
    return told


def _plainly(message: str) -> str:
    return re.sub("^(Input|String) should ", "This is to ", message.rstrip("."))
