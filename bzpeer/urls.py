"""Every address of the site: pages by app, accounts, the API, health."""

from django.urls import include, path

from bzpeer import health

urlpatterns = [
    path("livez", health.live, name="livez"),
    path("readyz", health.ready, name="readyz"),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", include("bzpeer.api_urls")),
    path("", include("profiles.urls")),
    path("", include("graph.urls")),
    path("", include("publications.urls")),
]
