"""Addresses of graph: pages."""

from django.urls import path

from graph import views, views_connections

urlpatterns = [
    path("graph/", views.explorer, name="graph_explorer"),
    path("graph/path/", views_connections.path, name="graph_path"),
    path("graph/compare/", views_connections.compare, name="graph_compare"),
]
