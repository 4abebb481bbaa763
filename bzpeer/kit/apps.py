from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "bzpeer.kit"
    label = "kit"
