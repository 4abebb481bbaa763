"""The door of the web server."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bzpeer.settings")
os.environ.setdefault("PROCESS", "web")  # statement time-outs of pages (bzpeer.environment)

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
