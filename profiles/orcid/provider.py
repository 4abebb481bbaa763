"""ORCID for allauth: OpenID Connect at the addresses of the settings, keeping nothing but iD and name."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.socialaccount.providers.base import ProviderAccount, ProviderException
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter
from django.conf import settings
from django.http import HttpRequest

from profiles.orcid import tokens
from profiles.orcid.accounts import PROVIDER


class OrcidAdapter(OAuth2Adapter):  # type: ignore[misc] # allauth brings no types
    provider_id = PROVIDER

    @property
    def authorize_url(self) -> str:
        return f"{settings.ORCID_URL}/oauth/authorize"

    @property
    def access_token_url(self) -> str:
        return f"{settings.ORCID_URL}/oauth/token"

    def parse_token(self, data: dict[str, Any]) -> Any:
        return super().parse_token({"access_token": data["access_token"]})

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **answer: Any) -> Any:
        try:
            who = tokens.identity(answer["response"], issuer=settings.ORCID_URL, client_id=app.client_id)
        except tokens.Refused as error:
            raise ProviderException(str(error)) from error
        return self.get_provider().sociallogin_from_response(request, who)


class OrcidAccount(ProviderAccount):  # type: ignore[misc] # allauth brings no types
    def get_profile_url(self) -> str:
        return f"{settings.ORCID_URL}/{self.account.uid}"

    def to_str(self) -> str:
        return str(self.account.uid)


class OrcidProvider(OAuth2Provider):  # type: ignore[misc] # allauth brings no types
    """What is asked for does not depend on the request: no wider scope, no other parameter, by a crafted link."""

    id = PROVIDER
    name = "ORCID"
    account_class = OrcidAccount
    oauth2_adapter_class = OrcidAdapter
    package: ClassVar[str] = "profiles.orcid"

    def get_default_scope(self) -> list[str]:
        return ["openid"]

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        return self.get_default_scope()

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, str]:
        return {}

    def extract_uid(self, data: tokens.Identity) -> str:
        return data.orcid

    def extract_extra_data(self, data: tokens.Identity) -> dict[str, str]:
        return {"orcid": data.orcid, "name": data.name}

    def extract_common_fields(self, data: tokens.Identity) -> dict[str, str]:
        return {"name": data.name}


provider_classes = [OrcidProvider]
