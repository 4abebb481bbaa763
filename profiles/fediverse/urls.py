"""Addresses for other servers. They stand under /ap/ for good: other servers keep them."""

from django.urls import path, re_path

from profiles.fediverse import views

ACTOR = r"^ap/(?P<key>[AT][1-9][0-9]{0,17})"

urlpatterns = [
    path(".well-known/webfinger", views.webfinger, name="webfinger"),
    path(".well-known/nodeinfo", views.nodeinfo_links, name="nodeinfo_links"),
    path("nodeinfo/2.1", views.nodeinfo, name="nodeinfo"),
    path("ap/actor", views.site_actor, name="fediverse_site_actor"),
    path("ap/inbox", views.inbox, name="fediverse_shared_inbox"),
    re_path(f"{ACTOR}$", views.actor, name="fediverse_actor"),
    re_path(f"{ACTOR}/inbox$", views.inbox, name="fediverse_inbox"),
    re_path(f"{ACTOR}/outbox$", views.outbox, name="fediverse_outbox"),
    re_path(f"{ACTOR}/followers$", views.followers, name="fediverse_followers"),
    re_path(f"{ACTOR}/works/W(?P<work>[1-9][0-9]{{0,17}})$", views.note, name="fediverse_note"),
    re_path(f"{ACTOR}/works/W(?P<work>[1-9][0-9]{{0,17}})/activity$", views.create, name="fediverse_create"),
    re_path(f"{ACTOR}/switch/$", views.switch, name="fediverse_switch"),
]
