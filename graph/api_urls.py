"""Addresses of graph: the API, relative to /api/v1/."""

from django.urls import path

from graph.api import GraphView
from graph.api_connections import CompareView, EdgeView, PathView
from graph.api_links import LinksView
from graph.api_slices import SlicesView

urlpatterns = [
    path("graph", GraphView.as_view(), name="graph"),
    path("graph/slices", SlicesView.as_view(), name="graph-slices"),
    path("graph/path", PathView.as_view(), name="graph-path"),
    path("graph/compare", CompareView.as_view(), name="graph-compare"),
    path("graph/links", LinksView.as_view(), name="graph-links"),
    path("graph/edge", EdgeView.as_view(), name="graph-edge"),
]
