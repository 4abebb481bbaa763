"""Addresses below /settings/."""

from django.urls import path

from profiles.account import views_settings
from profiles.notifying import views_news_settings

urlpatterns = [
    path("", views_settings.settings_page, name="settings"),
    path("profile/", views_settings.profile, name="settings_profile"),
    path("news/", views_news_settings.news, name="settings_news"),
    path("sessions/<int:number>/end/", views_settings.end_session, name="settings_end_session"),
    path("sessions/end-others/", views_settings.end_other_sessions, name="settings_end_other_sessions"),
    path("data/", views_settings.export, name="settings_export"),
    path("delete/", views_settings.delete, name="settings_delete"),
]
