"""Addresses of graph: pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
