"""ORCID as a Django app, so that allauth finds its provider."""

from __future__ import annotations

from django.apps import AppConfig


class OrcidConfig(AppConfig):
    name = "profiles.orcid"
    label = "profiles_orcid"
