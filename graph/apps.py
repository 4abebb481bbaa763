"""Keeps edges and slices in line with the corpus."""

from django.apps import AppConfig


class GraphConfig(AppConfig):
    name = "graph"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.models.signals import post_save

        from graph import receivers
        from publications.models import Author
        from publications.signals import corpus_changed

        corpus_changed.connect(receivers.on_corpus_changed, dispatch_uid="graph.edges")
        post_save.connect(receivers.on_author_saved, sender=Author, dispatch_uid="graph.stale")
