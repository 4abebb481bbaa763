"""Every address of the API, version 1, under one namespace; the last answers for all others."""

from django.urls import include, path, re_path

from bzpeer.kit.api.views import UnknownAddress

app_name = "api"
urlpatterns = [
    path("", include("profiles.api_urls")),  # before publications: an id there may hold slashes, and so take "…/follow"
    path("", include("publications.api_urls")),
    path("", include("graph.api_urls")),
    re_path(r"^.*$", UnknownAddress.as_view(), name="unknown"),
]
