"""WeCom as allauth knows providers. Whoever WeCom calls an active member of the configured company signs in."""

from typing import Any

from allauth.socialaccount.providers.base import ProviderAccount
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider

from trivium.connectors.wecom.views import WecomAdapter


class WecomAccount(ProviderAccount):
    """How a linked member is shown."""

    def to_str(self) -> str:
        return str(self.account.extra_data.get("name") or super().to_str())


class WecomProvider(OAuth2Provider):
    """The member's id in the company is who somebody is; mail and phone are not asked for."""

    id = "wecom"
    name = "WeCom"
    account_class = WecomAccount
    oauth2_adapter_class = WecomAdapter

    def extract_uid(self, data: dict[str, Any]) -> str:
        return f"{data['corpid']}:{data['userid']}"

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        return {"name": data.get("name")}

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Only what is shown: WeCom tells more about a member than a sign-in needs."""
        return {"corpid": data["corpid"], "userid": data["userid"], "name": data.get("name", "")}


provider_classes = [WecomProvider]
