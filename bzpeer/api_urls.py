"""Every address of the API, version 1, under one namespace."""

from django.urls import include, path

app_name = "api"
urlpatterns = [
    path("", include("publications.api_urls")),
    path("", include("profiles.api_urls")),
    path("", include("graph.api_urls")),
]
