"""manage.py orcid_stand_in: the stand-in for ORCID of the demonstration; `manage.py demo` starts it."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections

from bzpeer.standins import demo
from bzpeer.standins.orcid import Server
from bzpeer.standins.people import Person


class Command(BaseCommand):
    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Everything it needs stands in the environment that the demonstration gives it."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Serves until it is ended. Refused anywhere but in the demonstration with its invented corpus."""
        if not (settings.DEMO and settings.ORCID_STAND_IN):
            raise CommandError("A stand-in for ORCID runs in the demonstration only: `make demo` starts it.")
        server = Server(
            people,
            client_id=settings.ORCID_CLIENT_ID,
            client_secret=settings.ORCID_CLIENT_SECRET,
            port=urlsplit(settings.ORCID_URL).port or 0,
        )
        server.serve_forever()


def people() -> Sequence[Person]:
    """A thread of its own asks: its connection is looked at before and given back after."""
    close_old_connections()
    try:
        return demo.directory()
    finally:
        close_old_connections()
