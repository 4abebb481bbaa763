"""Addresses of publications: the API, relative to /api/v1/."""

from django.urls import path

from publications import api
from publications.search_models import Kind

urlpatterns = [
    path("works", api.WorkList.as_view(), name="works"),
    path("works/<path:key>", api.WorkDetail.as_view(), name="work"),
    path("topics", api.EntityList.as_view(kind=Kind.TOPICS), name="topics"),
    path("topics/<path:key>", api.EntityDetail.as_view(kind=Kind.TOPICS), name="topic"),
    path("institutions", api.EntityList.as_view(kind=Kind.INSTITUTIONS), name="institutions"),
    path("institutions/<path:key>", api.EntityDetail.as_view(kind=Kind.INSTITUTIONS), name="institution"),
    path("sources", api.EntityList.as_view(kind=Kind.SOURCES), name="sources"),
    path("sources/<path:key>", api.EntityDetail.as_view(kind=Kind.SOURCES), name="source"),
    path("autocomplete/<str:entity>", api.Autocomplete.as_view(), name="autocomplete"),
]
