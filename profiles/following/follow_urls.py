"""Addresses of following: the buttons of any page, and the list of what one follows."""

from django.urls import path

from profiles.following import views_follows

urlpatterns = [
    path("follow/<str:target>/", views_follows.follow, name="follow"),
    path("unfollow/<str:target>/", views_follows.unfollow, name="unfollow"),
    path("mute/<str:target>/", views_follows.mute, name="mute"),
    path("unmute/<str:target>/", views_follows.unmute, name="unmute"),
    path("following/", views_follows.following, name="following"),
    path("following/act/", views_follows.following_act, name="following_act"),
    path("following/undo/", views_follows.following_undo, name="following_undo"),
    path("following/import/", views_follows.following_import, name="following_import"),
    path("following/export.csv", views_follows.following_export, {"form": "csv"}, name="following_csv"),
    path("following/export.opml", views_follows.following_export, {"form": "opml"}, name="following_opml"),
]
