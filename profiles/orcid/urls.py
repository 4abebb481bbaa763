"""Addresses of signing in with ORCID and of the connected iD, below /accounts/."""

from allauth.socialaccount import views as allauth_views
from django.urls import path

from profiles.orcid import views

urlpatterns = [
    path("orcid/login/", views.oauth2_login, name="orcid_login"),
    path("orcid/login/callback/", views.oauth2_callback, name="orcid_callback"),
    path("orcid/", views.connections, name="socialaccount_connections"),
    path("orcid/disconnect/", views.disconnect, name="orcid_disconnect"),
    path("orcid/address/", allauth_views.signup, name="socialaccount_signup"),
    path("orcid/cancelled/", views.cancelled, name="socialaccount_login_cancelled"),
    path("orcid/failed/", allauth_views.login_error, name="socialaccount_login_error"),
]
