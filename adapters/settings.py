"""What an installation may decide: CONCORD_* variables or a .env file, the same in every shape.

A name that starts with CONCORD_ and is not a setting is refused: a misspelt variable that is
silently ignored leaves a server running on the wrong store.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "CONCORD_"


class Misconfigured(Exception):
    """The settings cannot be used as they stand; the message is a sentence that says which and why."""


class Settings(BaseSettings):
    """The settings of one process; made by `load_settings` and passed on, never read again elsewhere."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore", frozen=True)

    data_dir: Path = Field(default=Path("var"), description="Folder of the SQLite file and of the keys.")
    erasure_ledger: Path | None = Field(
        default=None, description="File that remembers who was erased; keep it apart from the database."
    )
    # It may hold a password: kept out of every repr, and so out of logs.
    database_url: str = Field(default="", repr=False, description="sqlite:///PATH or postgresql://HOST/NAME.")
    database_roles: str = Field(
        default="",
        pattern="^([a-z_][a-z0-9_]{0,40})?$",
        description="What the PostgreSQL roles that `concord roles` made begin with; empty: one role does everything.",
    )
    host: str = Field(default="127.0.0.1", min_length=1, description="Address to listen on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on; 0 takes any free one.")
    public_url: str = Field(default="", description="How browsers reach this server, e.g. https://concord.example.")
    smtp_url: str = Field(default="", repr=False, description="Mail server: smtp://USER:PASSWORD@HOST:587 or smtps://.")
    mail_from: str = Field(default="", description="The address that mails come from, e.g. concord@example.org.")
    oidc_issuer: str = Field(default="", description="The OpenID provider that people may sign in with, by its issuer.")
    oidc_client_id: str = Field(default="", description="Concord's name at that provider.")
    oidc_client_secret: str = Field(default="", repr=False, description="Concord's secret there; empty without one.")
    log_format: Literal["console", "json"] = Field(default="console", description="How log lines are written.")
    requests_per_minute: int = Field(
        default=6000,
        ge=0,
        description="How many requests one session or token may send in a minute; without one an address a fifth.",
    )
    worker: bool = Field(default=True, description="Whether serve also follows the log and keeps the deadlines.")

    @field_validator("database_url")
    @classmethod
    def _known_store(cls, url: str) -> str:
        if url and not url.startswith(("sqlite:///", "postgresql://")):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        if url in {"sqlite:///", "sqlite:///:memory:"}:
            raise ValueError("must name a file: Concord keeps what it is told")
        return url

    @field_validator("public_url")
    @classmethod
    def _an_origin(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and (parts.scheme not in {"http", "https"} or not parts.netloc or parts.path not in {"", "/"}):
            raise ValueError("must be an address like https://concord.example, without a path")
        return url.rstrip("/")

    @field_validator("smtp_url")
    @classmethod
    def _a_mail_server(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and (parts.scheme not in {"smtp", "smtps"} or not parts.hostname):
            raise ValueError("must be like smtp://HOST:PORT or smtps://HOST:PORT")
        return url

    def role_for(self, part: str) -> str:
        """The PostgreSQL role that a part of Concord takes on; none where one role does everything."""
        return f"{self.database_roles}_{part}" if self.database_roles and self.store_kind == "PostgreSQL" else ""

    @model_validator(mode="after")
    def _nothing_is_set_up_by_half(self) -> Settings:
        if self.smtp_url and not (self.mail_from and self.public_url):
            raise ValueError("Mails need CONCORD_MAIL_FROM and CONCORD_PUBLIC_URL too: who writes, and where links go")
        if self.oidc_issuer and not self.oidc_client_id:
            raise ValueError("A provider needs CONCORD_OIDC_CLIENT_ID too")
        return self

    @property
    def store_url(self) -> str:
        """The store to open: `database_url`, else the SQLite file in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir / 'concord.sqlite'}"

    @property
    def erasure_record(self) -> Path:
        """Where it is remembered who was erased: `erasure_ledger`, else a file in the data folder."""
        return self.erasure_ledger or self.data_dir / "erasures.jsonl"

    @property
    def store_kind(self) -> str:
        """The store's kind, for people: SQLite or PostgreSQL."""
        return "SQLite" if self.store_url.startswith("sqlite") else "PostgreSQL"


def load_settings(**given: Any) -> Settings:
    """Reads the settings; what is `given` (from the command line) and not None goes before all else."""
    _refuse_unknown_names(os.environ, where="the environment")
    if Path(".env").is_file():
        _refuse_unknown_names(dotenv_values(".env"), where="the file .env")
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        why = first["msg"].removeprefix("Value error, ")
        if not first["loc"]:
            raise Misconfigured(f"{why}.") from None
        raise Misconfigured(f"{PREFIX}{str(first['loc'][0]).upper()} cannot be used: {why}.") from None


def _refuse_unknown_names(names: Mapping[str, Any] | Iterable[str], *, where: str) -> None:
    known = {field.upper() for field in Settings.model_fields}
    for name in names:
        own = name.upper().removeprefix(PREFIX)
        # CONCORD_TEST_* belongs to the tests.
        if name.upper().startswith(PREFIX) and own not in known and not own.startswith("TEST_"):
            close = get_close_matches(own, known, n=1)
            hint = f" (did you mean {PREFIX}{close[0]}?)" if close else ""
            raise Misconfigured(f"{name} in {where} is not a setting of Concord{hint}.")
