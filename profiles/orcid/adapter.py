"""How allauth treats who comes from ORCID: by issuer and iD only, never by an address; one iD an account."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlencode

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthError
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from bzpeer.kit.text import one_line
from profiles.account.accounts import never_confirmed
from profiles.models import User
from profiles.orcid import accounts

logger = logging.getLogger(__name__)
LONGEST_NAME = 200  # as accounts store it


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc] # allauth brings no types
    def list_apps(self, request: HttpRequest | None, provider: str = "", client_id: str = "") -> list[SocialApp]:
        """The one client of the settings; none is read from the database."""
        if not accounts.is_set_up():
            return []
        app = SocialApp(
            provider=accounts.PROVIDER,
            provider_id=accounts.provider_id(),
            name=accounts.site_name(),
            client_id=settings.ORCID_CLIENT_ID,
            secret=settings.ORCID_CLIENT_SECRET,
            settings={"oauth_pkce_enabled": True, "stand_in": settings.ORCID_STAND_IN},
        )
        fits = (provider or app.provider) in (app.provider, app.provider_id)
        return [app] if fits and (client_id or app.client_id) == app.client_id else []

    def get_requests_session(self) -> Any:
        """No redirects: what is sent holds our secret."""
        session = super().get_requests_session()
        session.max_redirects = 0
        return session

    def authenticate_by_email(self, sociallogin: SocialLogin) -> None:
        """An address that a provider names opens nobody's account (S10)."""

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Never: ORCID gives no address, and ours must be confirmed."""
        return False

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        user: User = sociallogin.user
        user.name = one_line(str(data.get("name") or ""))[:LONGEST_NAME].strip()
        return user

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Forget an account that never opened, such as one with a mistyped address; refuse a second iD."""
        if sociallogin.is_existing and is_unopened(sociallogin.user):
            self._begin_anew(request, sociallogin)
        if sociallogin.state.get("process") != AuthProcess.CONNECT or not isinstance(request.user, User):
            return
        own = accounts.connected(request.user)
        if own and own != sociallogin.account.uid:
            text = _("Your account is connected with %(own)s. Disconnect that iD first to connect %(other)s.")
            messages.error(request, text % {"own": own, "other": sociallogin.account.uid})
            raise ImmediateHttpResponse(redirect("socialaccount_connections"))

    def _begin_anew(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        old = sociallogin.account
        sociallogin.user.delete()
        sociallogin.account = SocialAccount(provider=old.provider, uid=old.uid, extra_data=old.extra_data)
        sociallogin.user = self.new_user(request, sociallogin)
        self.populate_user(request, sociallogin, old.extra_data)

    def serialize_instance(self, instance: Any) -> dict[str, Any]:
        """Of an account, who it is or what it will be called: the session needs no more."""
        if isinstance(instance, User):
            return {"pk": instance.pk, "name": instance.name}
        serialized: dict[str, Any] = super().serialize_instance(instance)
        return serialized

    def deserialize_instance(self, model: Any, data: dict[str, Any]) -> Any:
        if model is not User:
            return super().deserialize_instance(model, data)
        known = User.objects.filter(pk=data["pk"]).first() if data["pk"] else None
        return known or User(name=data["name"])

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> None:
        """Who said no at ORCID is told the way back to where the way there began, such as a step of a claim."""
        if exception is not None:
            logger.warning("Signing in with ORCID failed: %s", " ".join(str(exception).split())[:300])
        came_from = ((extra_context or {}).get("state") or {}).get("next")
        if error == AuthError.CANCELLED and came_from:
            page = f"{reverse('socialaccount_login_cancelled')}?{urlencode({'next': came_from})}"
            raise ImmediateHttpResponse(redirect(page))


def is_unopened(user: User) -> bool:
    """Whether the account waits for an address to be confirmed that perhaps nobody reads."""
    return never_confirmed(user.email).filter(pk=user.pk).exists()
