from django.apps import AppConfig


class BzpeerConfig(AppConfig):
    """The wiring: commands of the whole, and the Celery application that tasks of all apps use."""

    name = "bzpeer"

    def ready(self) -> None:
        from bzpeer import celery

        celery.app.set_default()  # also in threads of the web server
