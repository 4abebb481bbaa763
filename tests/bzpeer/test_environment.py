"""Settings from the environment: values, defaults, and production that passes Django's own deployment checks."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from bzpeer import environment
from bzpeer.embedded import addresses
from tests.bzpeer.processes import CHECKOUT


def production(tmp_path: Path, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
    environ = {
        "PATH": os.environ["PATH"],
        "DATA_DIR": str(tmp_path),
        "SECRET_KEY": secrets.token_urlsafe(64),
        "BASE_URL": "https://bzpeer.example",
        "ALLOWED_HOSTS": "bzpeer.example",
        "DATABASE_URL": "postgresql://bzpeer:secret@db.example:5432/bzpeer",
        "REDIS_URL": "redis://cache.example:6379/0",
        "BROKER_URL": "redis://broker.example:6379/0",
        "EMAIL_URL": "smtp://user:pass%40word@mail.example:587",
        **extra,
    }
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=CHECKOUT, env=environ, capture_output=True, text=True, check=False)


def test_production_settings_pass_the_deployment_checks(tmp_path: Path) -> None:
    checked = production(tmp_path, "check", "--deploy", "--fail-level", "WARNING")
    assert checked.returncode == 0, checked.stderr
    assert "no issues" in checked.stdout


def test_local_settings_would_not_pass_them(tmp_path: Path) -> None:
    local = {"BASE_URL": "http://localhost:8000", "ALLOWED_HOSTS": "localhost"}
    checked = production(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **local)
    assert checked.returncode == 1
    assert "security.W008" in checked.stderr


def test_production_reads_its_servers_from_the_environment(tmp_path: Path) -> None:
    shown = production(
        tmp_path,
        "shell",
        "--no-imports",
        "-c",
        "from django.conf import settings as s; d = s.DATABASES['default']; "
        "print(d['HOST'], d['NAME'], s.CACHES['valkey']['LOCATION'], s.CELERY_BROKER_URL, s.EMAIL_HOST, "
        "s.EMAIL_HOST_PASSWORD, s.EMAIL_USE_TLS, s.SESSION_COOKIE_SECURE, s.DEBUG, s.SECRET_KEY[:3] != 'x')",
    )
    assert shown.stdout.split() == [
        "db.example",
        "bzpeer",
        "redis://cache.example:6379/0",
        "redis://broker.example:6379/0",
        "mail.example",
        "pass@word",
        "True",
        "True",
        "False",
        "True",
    ]
    assert not (tmp_path / "secret_key").exists()


def test_a_local_secret_is_made_once_and_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    file = tmp_path / "data" / "secret_key"
    first = environment.secret("SECRET_KEY", file)
    assert environment.secret("SECRET_KEY", file) == first
    assert len(first) >= 50
    assert file.stat().st_mode & 0o777 == 0o600
    monkeypatch.setenv("SECRET_KEY", "given")
    assert environment.secret("SECRET_KEY", file) == "given"


@pytest.mark.parametrize(("text", "value"), [("1", True), ("on", True), ("TRUE", True), ("off", False), ("", False)])
def test_flags_take_usual_words(monkeypatch: pytest.MonkeyPatch, text: str, value: bool) -> None:
    monkeypatch.setenv("DEBUG", text)
    assert environment.flag("DEBUG", default=not value) is value


def test_a_flag_that_is_no_flag_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEBUG", "perhaps")
    with pytest.raises(ImproperlyConfigured, match="DEBUG='perhaps'"):
        environment.flag("DEBUG")


def test_only_pages_have_statement_time_outs() -> None:
    url = "postgresql:///app?host=/run/x%20y&user=app"
    web = environment.database(url, process="web")
    assert (web["HOST"], web["NAME"], web["USER"], web["PORT"]) == ("/run/x y", "app", "app", "")
    assert "statement_timeout=5000" in web["OPTIONS"]["options"]
    assert "statement_timeout" not in environment.database(url, process="command")["OPTIONS"]["options"]


def test_a_wrong_database_url_is_named() -> None:
    for url in ("postgresql://[", "mysql://db.example/x", "db.example"):
        with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
            environment.database(url, process="web")


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://", "smtp://mail.example:many"])
def test_a_wrong_mail_url_is_named(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL"):
        environment.mail(url)


@pytest.mark.parametrize("value", ["two", "-1", "10", "1.5"])
def test_a_number_out_of_its_range_is_named(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", value)
    with pytest.raises(ImproperlyConfigured, match=f"TRUSTED_PROXIES='{value}' must be a whole number from 0 to 9"):
        environment.number("TRUSTED_PROXIES", 0, least=0, most=9)


@pytest.mark.parametrize("value", ["people.example.org", "ftp://a.example", "https://", "https://a.example/path"])
def test_the_address_of_a_site_needs_scheme_and_host_and_no_path(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("BASE_URL", value)
    with pytest.raises(ImproperlyConfigured, match="BASE_URL"):
        environment.site("BASE_URL", "http://localhost:8000")
    monkeypatch.setenv("BASE_URL", "https://a.example:8443/")
    assert environment.site("BASE_URL", "http://localhost:8000") == "https://a.example:8443"


@pytest.mark.parametrize(
    ("given", "said"),
    [("b.example", "must name a.example"), ("https://a.example", "names of hosts"), (".b.example,a", "must name")],
)
def test_the_host_of_the_site_must_be_answered(monkeypatch: pytest.MonkeyPatch, given: str, said: str) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", given)
    with pytest.raises(ImproperlyConfigured, match=said):
        environment.hosts("ALLOWED_HOSTS", "", "https://a.example")


@pytest.mark.parametrize("given", ["a.example", ".example", "*", "b.example, A.EXAMPLE".lower()])
def test_hosts_that_answer_for_the_site_are_taken(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", given)
    assert environment.hosts("ALLOWED_HOSTS", "", "https://a.example")[-1] == given.split(", ")[-1]
    assert environment.hosts("NO_HOSTS", "localhost,[::1]", "http://[::1]:8000") == ["localhost", "[::1]"]


def test_an_address_may_have_a_name_and_must_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert environment.address("EMAIL_FROM", "bzpeer <noreply@localhost>") == "bzpeer <noreply@localhost>"
    monkeypatch.setenv("EMAIL_FROM", "People <people@uni.example>")
    assert environment.address("EMAIL_FROM") == "People <people@uni.example>"
    monkeypatch.setenv("EMAIL_FROM", "people at uni")
    with pytest.raises(ImproperlyConfigured, match="EMAIL_FROM='people at uni'"):
        environment.address("EMAIL_FROM")


@pytest.mark.parametrize("name", ["REDIS_URL", "BROKER_URL"])
def test_a_wrong_address_of_a_store_is_named(name: str) -> None:
    right = {"REDIS_URL": "redis://one.example:6379/0", "BROKER_URL": "rediss://two.example:6379/0"}
    environment.require_valkey(right)
    with pytest.raises(ImproperlyConfigured, match=name):
        environment.require_valkey({**right, name: "one.example:6379"})


def test_half_of_a_pair_is_refused() -> None:
    environment.require_both(ORCID_CLIENT_ID="", ORCID_CLIENT_SECRET="")
    with pytest.raises(ImproperlyConfigured, match="ORCID_CLIENT_ID and ORCID_CLIENT_SECRET belong together"):
        environment.require_both(ORCID_CLIENT_ID="APP-1", ORCID_CLIENT_SECRET="")


@pytest.mark.parametrize(("name", "value"), [("LOG_LEVEL", "LOUD"), ("DATA_DIR", "/proc/nowhere")])
def test_a_wrong_variable_is_one_line_and_no_traceback(tmp_path: Path, name: str, value: str) -> None:
    checked = production(tmp_path, "check", **{name: value, "SECRET_KEY": ""})
    assert checked.returncode == 1
    assert checked.stderr.startswith("bzpeer: ")
    assert value in checked.stderr
    assert "Traceback" not in checked.stderr


def test_a_database_that_is_away_is_one_line_and_no_traceback(tmp_path: Path) -> None:
    asked = production(tmp_path, "assess", DATABASE_URL="postgresql://bzpeer:secret@127.0.0.1:1/bzpeer")
    assert asked.returncode == 1
    assert asked.stderr.startswith("bzpeer: The database does not answer: ")
    assert "Traceback" not in asked.stderr
    assert "secret" not in asked.stderr


def test_a_data_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    started = production(tmp_path, "serve", DATA_DIR=str(tmp_path / "file" / "data"))
    assert (started.returncode, started.stderr.partition(":")[0]) == (2, "bzpeer")
    assert "DATA_DIR cannot be written" in started.stderr


def test_smtps_is_encrypted_from_the_first_byte() -> None:
    found = environment.mail("smtps://mail.example")
    assert (found["EMAIL_PORT"], found["EMAIL_USE_SSL"], found["EMAIL_USE_TLS"]) == (465, True, False)


def test_a_given_server_is_not_started_here(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in addresses.STORES:
        monkeypatch.delenv(name, raising=False)
    assert addresses.missing() == {"postgres", "cache", "broker"}
    monkeypatch.setenv("REDIS_URL", "redis://one.example/0")
    assert addresses.missing() == {"postgres"}
    assert addresses.current()["BROKER_URL"] == "redis://one.example/0"
    monkeypatch.setenv("BROKER_URL", "redis://two.example/0")
    assert addresses.current()["BROKER_URL"] == "redis://two.example/0"
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example/x")
    assert addresses.missing() == frozenset()
