"""Accounts of the demonstration, and the pages worth opening; both are noted in DATA_DIR/demo.json."""

from __future__ import annotations

import json
import secrets
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand
from django.db import transaction

from bzpeer.demo import INVENTED, READY
from profiles.demo import demo_domains, demo_people, demo_together
from profiles.models import User
from publications.models import Author

ROLES = ("reader", "owner", "moderator")
PAGES = 2


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Last step of `manage.py demo`; may be repeated: passwords are then new."""
        with transaction.atomic():
            made = {"accounts": [make_account(role) for role in ROLES], "pages": pages()}
            if (settings.DATA_DIR / INVENTED).exists():
                demo_domains.load()
                owner, reader = (User.objects.get(email=f"{role}@demo.example") for role in ("owner", "reader"))
                owned = demo_people.settle(owner)
                demo_together.settle(owner, reader)
                made["owned"] = [shown(owned)] if owned else []
        target = settings.DATA_DIR / READY
        partial = target.with_suffix(".new")
        partial.touch(mode=0o600)
        partial.write_text(json.dumps(made, indent=2, ensure_ascii=False) + "\n")
        partial.replace(target)


def make_account(role: str) -> dict[str, str]:
    """An account with a confirmed address; the moderator is a member of the group, no superuser."""
    email = f"{role}@demo.example"
    password = secrets.token_urlsafe(9)
    user, _created = User.objects.get_or_create(email=email, defaults={"name": f"Demo {role}"})
    user.set_password(password)
    user.save()
    if role == "moderator":
        user.groups.add(Group.objects.get(name="moderators"))
    EmailAddress.objects.update_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
    return {"email": email, "password": password}


def pages() -> list[dict[str, str]]:
    """The authors with most works."""
    authors = Author.objects.order_by("-works_count", "pk")[:PAGES]
    return [shown(author) for author in authors]


def shown(author: Author) -> dict[str, str]:
    return {"name": author.display_name, "path": author.get_absolute_url(), "works": str(author.works_count)}
