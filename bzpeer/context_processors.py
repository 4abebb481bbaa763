"""What every page may say about the site itself."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """`demo`: the corpus is invented; `base_url`: the public address; `contact`: where to ask for corrections."""
    return {"demo": settings.DEMO, "base_url": settings.BASE_URL, "contact": settings.CONTACT_EMAIL}
