"""DingTalk as allauth knows it; of what DingTalk tells, only what is shown or needed to know the member again."""

from typing import Any

from allauth.socialaccount.providers.dingtalk import provider as theirs

from trivium.connectors.dingtalk.views import DingTalkAdapter

KEPT = ("nick", "openId", "unionId", "userid", "corpid")


class DingTalkProvider(theirs.DingTalkProvider):
    """allauth's; phone and mail, which DingTalk tells too, are not kept."""

    oauth2_adapter_class = DingTalkAdapter

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        return {name: str(data[name]) for name in KEPT if data.get(name)}


provider_classes = [DingTalkProvider]
