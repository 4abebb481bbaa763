"""Settings, from the environment, with safe local defaults."""

from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = "temporary"
DEBUG = True
INSTALLED_APPS = [
    "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages",
    "django.contrib.staticfiles", "django.contrib.postgres", "bzpeer.kit", "publications", "graph", "profiles",
]
AUTH_USER_MODEL = "profiles.User"
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "app"}}
USE_TZ = True
