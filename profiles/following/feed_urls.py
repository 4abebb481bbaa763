"""Addresses of the feed: its page, its marks, and the private feed for reader programs."""

from django.urls import path, re_path

from profiles.following import views_feed

urlpatterns = [
    path("feed/", views_feed.feed, name="feed"),
    path("feed/read/", views_feed.feed_all_read, name="feed_all_read"),
    path("feed/<int:pk>/read/", views_feed.feed_read, name="feed_read"),
    path("feed/<int:pk>/saved/", views_feed.feed_saved, name="feed_saved"),
    path("feed/private/renew/", views_feed.private_feed_renew, name="private_feed_renew"),
    re_path(
        r"^feed/private/(?P<token>[^/.]{1,100})\.(?P<form>atom|json)$",
        views_feed.private_feed_file,
        name="private_feed",
    ),
]
