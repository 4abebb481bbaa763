"""Addresses of graph: pages."""

from django.urls import path

from graph import views, views_connections, views_share

urlpatterns = [
    path("graph/", views.explorer, name="graph_explorer"),
    path("graph/path/", views_connections.path, name="graph_path"),
    path("graph/compare/", views_connections.compare, name="graph_compare"),
    path("graph/share/", views_share.share, name="graph_share"),
    path("graph/embed/", views_share.embed, name="graph_embed"),
    path("g/<slug:code>/", views_share.link, name="graph_link"),
    path("oembed", views_share.oembed, name="oembed"),
    # Outside /graph/, which robots.txt closes: whoever shows a link fetches its picture
    path("works/W<int:number>/graph.png", views_share.card, {"kind": "work"}, name="work_card"),
    path("topics/T<int:number>/graph.png", views_share.card, {"kind": "topic"}, name="topic_card"),
    path("institutions/I<int:number>/graph.png", views_share.card, {"kind": "institution"}, name="institution_card"),
]
