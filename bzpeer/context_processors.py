"""What every page may say about the site itself."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """`demo` is true where the corpus is invented; `base_url` is the site's public address."""
    return {"demo": settings.DEMO, "base_url": settings.BASE_URL}
