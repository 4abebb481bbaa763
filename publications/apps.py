"""The corpus as a Django app: its search tables follow every import."""

from django.apps import AppConfig


class PublicationsConfig(AppConfig):
    name = "publications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from publications import search_index

        search_index.connect()
