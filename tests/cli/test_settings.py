"""Settings come from CONCORD_* or .env, and what is not understood is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.settings import Misconfigured, Settings, load_settings


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for field in Settings.model_fields:
        monkeypatch.delenv("CONCORD_" + field.upper(), raising=False)


def test_without_any_settings_the_store_is_a_sqlite_file_in_the_folder_var() -> None:
    settings = load_settings()
    assert (settings.store_url, settings.store_kind) == ("sqlite:///var/concord.sqlite", "SQLite")


def test_the_store_follows_the_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONCORD_DATA_DIR", "/srv/concord")
    assert load_settings().store_url == "sqlite:////srv/concord/concord.sqlite"


def test_the_command_line_goes_before_the_environment_and_that_before_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path(".env").write_text("CONCORD_PORT=8001\nCONCORD_HOST=127.0.0.3\nPOSTGRES_PASSWORD=not-ours\n")
    monkeypatch.setenv("CONCORD_PORT", "8002")
    assert (load_settings().host, load_settings().port, load_settings(port=8003).port) == ("127.0.0.3", 8002, 8003)
    assert load_settings(port=None).port == 8002


def test_a_misspelt_name_is_refused_and_the_right_one_is_suggested(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONCORD_DATABASE_URI", "postgresql://localhost/concord")
    with pytest.raises(Misconfigured, match=r"^CONCORD_DATABASE_URI in the environment .*CONCORD_DATABASE_URL\?\)\.$"):
        load_settings()


def test_a_misspelt_name_in_the_file_is_refused_too() -> None:
    Path(".env").write_text("CONCORD_PROT=1\n")
    with pytest.raises(Misconfigured, match=r"^CONCORD_PROT in the file \.env .*CONCORD_PORT"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("CONCORD_PORT", "eighty", "valid integer"),
        ("CONCORD_PORT", "65536", "less than or equal to 65535"),
        ("CONCORD_LOG_FORMAT", "xml", "'console' or 'json'"),
        ("CONCORD_DATABASE_URL", "mysql://localhost/concord", "must begin with"),
        ("CONCORD_DATABASE_URL", "sqlite:///:memory:", "must name a file"),
        ("CONCORD_PUBLIC_URL", "concord.example/path", "must be an address"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Misconfigured, match=says) as refused:
        load_settings()
    assert str(refused.value).startswith(name + " cannot be used: ")


def test_a_password_in_the_stores_address_is_in_no_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONCORD_DATABASE_URL", "postgresql://concord:hunter2@localhost/concord")
    assert "hunter2" not in repr(load_settings())
