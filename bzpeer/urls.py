"""Every address of the site: pages by app, accounts, the API; health is answered before (bzpeer.health)."""

from django.urls import include, path

from bzpeer.kit.api import help
from profiles.account import views_settings

urlpatterns = [
    path("accounts/confirm-email/resend/", views_settings.resend_confirmation, name="resend_confirmation"),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/", include("profiles.orcid.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("settings/", include("profiles.account.settings_urls")),
    path("api/v1/", include("bzpeer.api_urls")),
    path("problems/", help.problem_list, name="problems"),
    path("problems/<str:name>/", help.problem_detail, name="problem"),
    path("", include("profiles.fediverse.urls")),
    path("", include("profiles.urls")),
    path("", include("graph.urls")),
    path("", include("publications.urls")),
]

handler400 = "bzpeer.errors.bad_request"
handler403 = "bzpeer.errors.permission_denied"
handler404 = "bzpeer.errors.page_not_found"
handler500 = "bzpeer.errors.server_error"
