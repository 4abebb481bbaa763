"""Addresses of graph: pages."""

from django.urls import path

from graph import views

urlpatterns = [path("graph/", views.explorer, name="graph_explorer")]
