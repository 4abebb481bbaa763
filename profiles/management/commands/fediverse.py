"""manage.py fediverse: replaces the key that signs what this site sends to other servers, and says what waits."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from profiles.fediverse import deliveries, keys
from profiles.models import RemoteFollow, RemoteServer


class Command(BaseCommand):
    help = "Say who follows from the Fediverse and what waits; --rotate-key makes a new signing key."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rotate-key", action="store_true", help="make a new key; the one before is forgotten")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["rotate_key"]:
            keys.rotate()
            self.stdout.write("There is a new key. Other servers ask for it when they see the first signature.")
        servers = RemoteFollow.objects.values("actor__host").distinct().count()
        failing = RemoteServer.objects.exclude(failing_since=None).count()
        self.stdout.write(
            f"{RemoteFollow.objects.count()} follows from {servers} servers, {failing} of which cannot be reached; "
            f"{deliveries.due_count()} deliveries are due."
        )
