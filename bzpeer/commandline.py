"""What `manage.py` does: supervisors before Django is imported, commands with the services they need."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import nullcontext

from bzpeer.embedded import joining
from bzpeer.embedded.errors import ServiceError

NO_DATABASE = {
    "help", "version", "check", "collectstatic", "findstatic", "compilemessages", "makemessages",
    "diffsettings", "generate_corpus",
}  # fmt: skip
HELP = {"--help", "-h", "--version"}
UNDEFINED_TABLE = "42P01"  # SQLSTATE


def main(arguments: Sequence[str]) -> int:
    """`arguments` as in sys.argv; returns the exit status."""
    command = arguments[1] if len(arguments) > 1 else "help"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bzpeer.settings")
    try:
        if command == "serve":
            from bzpeer import serve

            return serve.main(arguments[2:])
        if command == "demo":
            from bzpeer import demo

            return demo.main(arguments[2:])
        return run_django(arguments, needs_database=command not in NO_DATABASE and not HELP & set(arguments))
    except ServiceError as error:
        print(f"bzpeer: {error}", file=sys.stderr)  # noqa: T201 - a command line speaks
        return error.status


def run_django(arguments: Sequence[str], *, needs_database: bool) -> int:
    with joining.services() if needs_database else nullcontext():
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
        from django.db import OperationalError, ProgrammingError

        try:
            execute_from_command_line(list(arguments))
        except ImproperlyConfigured as error:
            if "--traceback" in arguments:
                raise
            raise ServiceError(f"{error} (README.md lists the variables of the environment.)") from error
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") is not None or "--traceback" in arguments:
                raise
            raise ServiceError(f"The database does not answer: {error}") from error  # no SQLSTATE: never connected
        except ProgrammingError as error:
            if getattr(error.__cause__, "sqlstate", "") != UNDEFINED_TABLE or "--traceback" in arguments:
                raise
            said = "The database lacks a table: run `manage.py migrate` first (--traceback shows where it is missed)."
            raise ServiceError(said) from error
    return 0
