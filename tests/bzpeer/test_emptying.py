"""What tests do to the database after they committed."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.management import call_command

from profiles.models import Evidence
from tests.profiles.people import make_record, own

KEPT = {"contenttypes.ContentType", "auth.Permission"}  # `flush` makes these again


@pytest.mark.django_db(transaction=True)
def test_every_table_is_empty_afterwards_also_the_ledger_that_refuses_deletions() -> None:
    own(make_record())
    assert Evidence.objects.exists()

    call_command("flush", verbosity=0, interactive=False, reset_sequences=False)

    left = {model._meta.label for model in apps.get_models(include_auto_created=True) if model.objects.exists()}  # type: ignore[attr-defined]
    assert left - KEPT == set()
