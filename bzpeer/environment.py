"""Settings as words in the environment: flags, lists, database and mail URLs, a secret kept in a file."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email
from django.http.request import validate_host
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

TRUE = {"1", "true", "yes", "on"}
PERIODS = {"s": 1, "min": 60, "hour": 3600, "day": 86400}
FALSE = {"", "0", "false", "no", "off"}
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
VALKEY = {"REDIS_URL": ("redis", "rediss", "unix"), "BROKER_URL": ("redis", "rediss", "redis+socket", "sentinel")}
# Milliseconds, for pages only: imports and tasks take their time.
PAGE_TIMEOUTS = {"statement_timeout": 5000, "lock_timeout": 2000, "idle_in_transaction_session_timeout": 15000}


def text(name: str, default: str = "") -> str:
    return os.environ.get(name) or default


def flag(name: str, *, default: bool = False) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value.lower() in TRUE:
        return True
    if value.lower() in FALSE:
        return False
    raise ImproperlyConfigured(f"{name}={value!r} is neither on nor off.")


def words(name: str, default: str = "") -> list[str]:
    """A list with commas between."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def split(url: str) -> SplitResult:
    """The parts of an address; of one that cannot be read, none."""
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        return urlsplit("")
    return parts


def number(name: str, default: int, *, least: int, most: int) -> int:
    value = text(name, str(default))
    if not (value.isascii() and value.isdecimal() and least <= int(value) <= most):
        raise ImproperlyConfigured(f"{name}={value!r} must be a whole number from {least} to {most}.")
    return int(value)


def level(name: str, default: str) -> str:
    value = text(name, default).upper()
    if value not in LEVELS:
        raise ImproperlyConfigured(f"{name}={value!r} must be one of {', '.join(LEVELS)}.")
    return value


def site(name: str, default: str) -> str:
    """The address of the site: a scheme and a host, perhaps a port, and no path."""
    value = text(name, default).rstrip("/")
    parts = split(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or value != f"{parts.scheme}://{parts.netloc}":
        raise ImproperlyConfigured(f"{name}={value!r} must look like https://people.example.org, without a path.")
    return value


def hosts(name: str, default: str, base_url: str) -> list[str]:
    """Names of hosts that are answered; that of the site itself must be among them."""
    found = words(name, default)
    if wrong := [host for host in found if "/" in host]:
        raise ImproperlyConfigured(f"{name} takes names of hosts, such as people.example.org, not {wrong[0]!r}.")
    host = split(base_url).hostname or ""
    if not validate_host(f"[{host}]" if ":" in host else host, found):
        raise ImproperlyConfigured(f"{name} must name {host}, the host of BASE_URL: else no page is answered.")
    return found


def address(name: str, default: str = "") -> str:
    """An e-mail address, perhaps with a name before it; the default is taken as it is."""
    given = text(name)
    try:
        validate_email(parseaddr(given)[1] if given else "nobody@site.example")
    except ValidationError as error:
        raise ImproperlyConfigured(f"{name}={given!r} is no e-mail address.") from error
    return given or default


def rate(name: str, default: str) -> tuple[int, int] | None:
    """`60/min` as (60, 60): so many in so many seconds; None for `off`."""
    value = text(name, default).strip().lower()
    if value == "off":
        return None
    most, _slash, period = value.partition("/")
    if not most.isdecimal() or int(most) == 0 or period not in PERIODS:
        raise ImproperlyConfigured(f"{name}={value!r} must look like 60/min (s, min, hour, day) or be off.")
    return int(most), PERIODS[period]


def secret(name: str, file: Path) -> str:
    """From the environment, else made once and kept in the file, readable to its owner only."""
    if given := os.environ.get(name):
        return given
    try:
        return file.read_text().strip()
    except FileNotFoundError:
        pass
    made = secrets.token_urlsafe(48)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process was faster
        return file.read_text().strip()
    except OSError as error:
        said = f"{name} is not set and cannot be kept in a file: {error}. Set it, or a DATA_DIR that can be written."
        raise ImproperlyConfigured(said) from error
    with os.fdopen(descriptor, "w") as opened:
        opened.write(made + "\n")
    return made


def database(url: str, *, process: str) -> dict[str, Any]:
    """Django's settings of a postgresql:// URL; a web process gets time-outs."""
    if url.partition("://")[0] not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured("DATABASE_URL must look like postgresql://user:password@host:5432/name")
    try:
        parts = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    except ProgrammingError as error:
        raise ImproperlyConfigured(f"DATABASE_URL cannot be read: {error}") from error
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    found: dict[str, Any] = {key: parts.pop(name, "") for name, key in names.items()}
    timeouts = PAGE_TIMEOUTS if process == "web" else {}
    # bzpeer.kit.hot prepares its statements: one plan for all parameters, or most of the time goes into planning
    server = {"plan_cache_mode": "force_generic_plan", **timeouts}
    options = " ".join(f"-c {name}={value}" for name, value in server.items())
    return {
        "ENGINE": "django.db.backends.postgresql",
        **found,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 3, "prepare_threshold": 5, "options": options, **parts},
    }


def mail(url: str) -> dict[str, Any]:
    """Django's EMAIL_* settings of smtp://user:password@host:587 (STARTTLS) or smtps://…:465."""
    parts = split(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ImproperlyConfigured("EMAIL_URL must look like smtp://user:password@host:587 or smtps://…")
    implicit = parts.scheme == "smtps"
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if implicit else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": implicit,
        "EMAIL_USE_TLS": not implicit and bool(parts.username),
        "EMAIL_TIMEOUT": 10,
    }


def require_genuine(*urls: str, secure: bool, demo: bool, stand_in: bool) -> None:
    """Refuse a stand-in outside the demonstration, and services without TLS behind a site that has it."""
    if stand_in and (secure or not demo):
        raise ImproperlyConfigured("ORCID_STAND_IN is for `manage.py demo` only: set ORCID_CLIENT_ID instead.")
    for url in urls:
        scheme = split(url).scheme
        if scheme not in {"http", "https"} or (secure and scheme != "https"):
            raise ImproperlyConfigured(f"{url!r} must begin with https:// (ORCID_URL, ORCID_API_URL, ARXIV_URL).")


def require_valkey(addresses: Mapping[str, str]) -> None:
    """Refuse addresses of the cache or the broker that no client here understands."""
    for name, schemes in VALKEY.items():
        if split(addresses[name]).scheme not in schemes:
            kinds = ", ".join(f"{scheme}://" for scheme in schemes)
            raise ImproperlyConfigured(f"{name} must look like redis://host:6379/0 (it may begin with {kinds}).")


def require_both(**pair: str) -> None:
    """Refuse one of two values that need each other."""
    if any(pair.values()) and not all(pair.values()):
        raise ImproperlyConfigured(f"{' and '.join(pair)} belong together: set both, or neither.")
