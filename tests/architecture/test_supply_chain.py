"""What Concord is made of: locked with hashes, listed, looked up among the known vulnerabilities, and kept small."""

from __future__ import annotations

import json
import re
import runpy
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
LOCKED = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^\]]*\])?==([^ ;\\]+)", re.MULTILINE)


def test_every_package_is_locked_to_a_version_and_a_hash() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        for entry in re.split(r"(?m)^(?=[a-z0-9])", (ROOT / name).read_text())[1:]:
            assert LOCKED.match(entry), entry
            assert "--hash=sha256:" in entry, entry
    assert "--require-hashes" in (ROOT / "scripts/setup").read_text()


def test_the_bill_of_materials_lists_each_locked_package_with_its_hashes(tmp_path: Path) -> None:
    written = tmp_path / "sbom.json"
    subprocess.run([ROOT / "scripts/sbom", "--output-file", written, "--no-validate"], check=True, cwd=tmp_path)
    bill = json.loads(written.read_text())
    assert (bill["bomFormat"], bill["metadata"]["component"]["name"]) == ("CycloneDX", "concord")
    listed = {(each["name"], each["version"]) for each in bill["components"]}
    assert listed == set(LOCKED.findall((ROOT / "requirements.lock").read_text()))
    for each in bill["components"]:
        assert any(reference.get("hashes") for reference in each["externalReferences"]), each["name"]


@pytest.mark.parametrize(
    ("found", "code", "said"),
    [
        ([], 0, "Skipped: no list"),
        ([{"name": "a", "skip_reason": "not found"}], 0, "Skipped: no list"),
        ([{"name": "a", "version": "1", "vulns": []}], 0, "1 packages, all sound"),
        ([{"name": "a", "version": "1", "vulns": [{"id": "CVE-1"}]}], 1, "a 1: CVE-1"),
        ([{"name": "a", "version": "1", "vulns": []}, {"name": "b", "skip_reason": "?"}], 1, "b: could not be looked"),
    ],
)
def test_what_could_not_be_looked_up_does_not_pass_for_sound(found: list[dict[str, Any]], code: int, said: str) -> None:
    verdict = runpy.run_path(str(ROOT / "scripts/audit"))["verdict"]
    ended, words = verdict(json.dumps({"dependencies": found}) if found else "")
    assert (ended, words[: len(said)]) == (code, said)


# The container -----------------------------------------------------------------------------------------


@pytest.fixture
def composed() -> dict[str, Any]:
    """What docker-compose.yml says."""
    composed: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return composed


def steps() -> list[tuple[str, str]]:
    """The Dockerfile's instructions in order, each with what it says."""
    text = re.sub(r"\\\n\s*", "", (ROOT / "scripts/container/Dockerfile").read_text())
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def test_the_image_runs_as_a_user_without_rights_and_holds_what_is_locked() -> None:
    said = steps()
    users = [rest for word, rest in said if word == "USER"]
    assert len(users) == 1
    assert re.fullmatch(r"\d+(:\d+)?", users[0]), "a number, so that a cluster can tell that it is not root"
    assert int(users[0].partition(":")[0]) >= 1000
    assert [word for word, _ in said].index("USER") < [word for word, _ in said].index("ENTRYPOINT")
    after = [word for word, _ in said[[word for word, _ in said].index("USER") :]]
    assert not {"RUN", "COPY", "ADD"} & set(after), "nothing that belongs to the user is part of the program"
    assert "ADD" not in [word for word, _ in said]
    installs = [rest for word, rest in said if word == "RUN" and "pip install" in rest]
    assert installs
    assert all("--require-hashes -r requirements.lock" in rest for rest in installs)
    assert not [rest for word, rest in said if word in ("ENV", "ARG") and re.search("PASSWORD|SECRET|TOKEN", rest)]


def test_only_the_program_itself_gets_into_the_image() -> None:
    ignored = (ROOT / "scripts/container/Dockerfile.dockerignore").read_text().split()
    assert ignored[0] == "*"
    taken = {rest.split()[0] for word, rest in steps() if word == "COPY"}
    assert {line[1:] for line in ignored if line.startswith("!")} == taken
    assert all((ROOT / name).exists() for name in taken)


def test_no_container_can_change_its_own_files_or_gain_rights(composed: dict[str, Any]) -> None:
    assert set(composed["services"]) >= {"store", "web", "worker"}
    for name, service in composed["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert not {"privileged", "cap_add", "network_mode", "pid", "ipc", "devices"} & set(service), name
        assert service.get("user") not in ("root", "0"), name
        assert "user" in service or service["build"]["dockerfile"] == "scripts/container/Dockerfile", name
        for volume in service.get("volumes", ()):
            assert "docker.sock" not in volume
            assert volume.endswith(":ro") or volume.partition(":")[0] in composed["volumes"], volume


def test_only_this_machine_reaches_what_is_not_behind_a_proxy(composed: dict[str, Any]) -> None:
    published = {name: service.get("ports", []) for name, service in composed["services"].items()}
    assert {name for name, ports in published.items() if ports} == {"web"}
    assert all(port.startswith("127.0.0.1:") for port in published["web"])


def test_no_secret_is_written_into_the_composition(composed: dict[str, Any]) -> None:
    for name, service in composed["services"].items():
        for key, value in service.get("environment", {}).items():
            if "PASSWORD" in key:
                assert re.fullmatch(r"\$\{[A-Z_]+:\?.+\}", value), f"{name} {key}"
            assert "@" not in str(value) or re.fullmatch(r"postgresql://[a-z_]+@[a-z]+/[a-z]+", value), f"{name} {key}"


def test_web_and_worker_sign_in_to_the_store_as_members_of_the_roles_that_they_need(composed: dict[str, Any]) -> None:
    said = {name: service.get("environment", {}) for name, service in composed["services"].items()}
    assert {said[name]["CONCORD_DATABASE_ROLES"] for name in ("web", "worker")} == {"concord"}
    logins = {name: said[name]["CONCORD_DATABASE_URL"] for name in ("roles", "web", "worker")}
    assert logins == {
        "roles": "postgresql://concord_owner@store/concord",
        "web": "postgresql://concord_web@store/concord",
        "worker": "postgresql://concord_worker@store/concord",
    }
    assert composed["services"]["roles"]["command"] == ["roles"]
    for name in ("web", "worker"):
        waits = composed["services"][name]["depends_on"]
        assert waits["roles"]["condition"] == "service_completed_successfully"
