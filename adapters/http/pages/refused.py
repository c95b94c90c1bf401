"""A form that was refused, or not sent yet, on its way back to the page that it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from adapters.http.pages.fields import Given, base, one


@dataclass(frozen=True)
class Refused:
    """Which form, what was in it, and why it was not done; passwords are not given back."""

    form: str
    given: Given
    sentence: str
    errors: Mapping[str, str] = field(default_factory=dict)
    status: int = 200

    @property
    def elsewhere(self) -> list[str]:
        """What is wrong with something that the form has no field for."""
        shown = [base(name) for name in self.given]
        return [message for path, message in self.errors.items() if not any(_is_in(path, name) for name in shown)]


@dataclass(frozen=True)
class FormState:
    """A form of a page as its macros see it: blank, or with what was given and what is wrong with it."""

    name: str
    refused: Refused | None

    def value(self, name: str, usual: object = "") -> str:
        """What is in a field."""
        if self.refused is None:
            return "" if usual is None else str(usual)
        return one(self.refused.given, name)

    def chosen(self, name: str, value: object, usual: bool = False) -> bool:
        """Whether one of several values is chosen."""
        if self.refused is None:
            return usual
        return str(value) in self.refused.given.get(name, ())

    def error(self, name: str) -> str | None:
        """What is wrong with a field."""
        if self.refused is None:
            return None
        return next((m for path, m in self.refused.errors.items() if _is_in(path, base(name))), None)


def _is_in(path: str, name: str) -> bool:
    return path == name or path.startswith(f"{name}.")
