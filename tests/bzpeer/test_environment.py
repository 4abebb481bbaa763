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
    checked = production(tmp_path, "check", "--deploy", "--fail-level", "WARNING", BASE_URL="http://localhost:8000")
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
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
        environment.database("postgresql://[", process="web")


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://"])
def test_a_wrong_mail_url_is_named(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL"):
        environment.mail(url)


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
