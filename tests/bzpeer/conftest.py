"""Fixtures of the tests of the API's grammar."""

from __future__ import annotations

import pytest
from django.test import Client


@pytest.fixture
def api(client: Client, db: None) -> Client:
    return client
