"""Addresses of publications: pages."""

from django.urls import path

from publications import views, views_feeds
from publications.syndication import TYPES
from publications.work_feeds import KINDS

urlpatterns = [
    path("works/W<int:number>/", views.work_detail, name="work"),
    path("works/W<int:number>/<str:slug>/", views.work_detail, name="work"),
    path("topics/T<int:number>/", views.topic_detail, name="topic"),
    path("topics/T<int:number>/<str:slug>/", views.topic_detail, name="topic"),
    path("institutions/I<int:number>/", views.institution_detail, name="institution"),
    path("institutions/I<int:number>/<str:slug>/", views.institution_detail, name="institution"),
    path("sources/S<int:number>/", views.source_detail, name="source"),
    path("sources/S<int:number>/<str:slug>/", views.source_detail, name="source"),
    *(
        path(
            f"{kind}s/{model.prefix}<int:number>/feed.{form}",
            views_feeds.record_feed,
            {"kind": kind, "form": form},
            name=f"{kind}_feed",
        )
        for kind, model in KINDS.items()
        for form in TYPES
    ),
]
