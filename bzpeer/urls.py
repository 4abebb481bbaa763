"""Every address of the site: pages by app, accounts, the API; health is answered before (bzpeer.health)."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.account.urls")),
    path("api/v1/", include("bzpeer.api_urls")),
    path("", include("profiles.urls")),
    path("", include("graph.urls")),
    path("", include("publications.urls")),
]
