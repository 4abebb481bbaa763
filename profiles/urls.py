"""Addresses of profiles: pages. A slug may be any word, so the author's own address stands last."""

from django.urls import path

from profiles import front, views, views_card, views_trust

urlpatterns = [
    path("", front.home, name="home"),
    path("search/", front.search, name="search"),
    path("robots.txt", front.robots, name="robots"),
    path("about/", front.about, name="about"),
    path("privacy/", front.privacy, name="privacy"),
    path("feed/", views.feed, name="feed"),
    path("authors/A<int:number>/", views.author_detail, name="author"),
    path("authors/A<int:number>/graph.png", views_card.author_card, name="author_card"),
    path("authors/A<int:number>/follow/", views.author_follow, name="author_follow"),
    path("authors/A<int:number>/unfollow/", views.author_unfollow, name="author_unfollow"),
    path("authors/A<int:number>/trust/", views_trust.author_trust, name="author_trust"),
    path("methodology/", views_trust.methodology, name="methodology"),
    path("authors/A<int:number>/<str:slug>/", views.author_detail, name="author"),
]
