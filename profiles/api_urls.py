"""Addresses of profiles: the API, relative to /api/v1/."""

from django.urls import path

from profiles import api

urlpatterns = [
    path("authors", api.AuthorList.as_view(), name="authors"),
    path("authors/<path:key>/works", api.AuthorWorks.as_view(), name="author-works"),
    path("authors/<path:key>/coauthors", api.AuthorCoauthors.as_view(), name="author-coauthors"),
    path("authors/<path:key>/topics", api.AuthorTopics.as_view(), name="author-topics"),
    path("authors/<path:key>/institutions", api.AuthorInstitutions.as_view(), name="author-institutions"),
    path("authors/<path:key>/trust", api.AuthorTrust.as_view(), name="author-trust"),
    path("authors/<path:key>", api.AuthorDetail.as_view(), name="author"),
]
