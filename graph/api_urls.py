"""Addresses of graph: the API, relative to /api/v1/."""

from django.urls import path

from graph.api import GraphView

urlpatterns = [path("graph", GraphView.as_view(), name="graph")]
