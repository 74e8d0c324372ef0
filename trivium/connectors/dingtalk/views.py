"""DingTalk's web sign-in, and which member of the company that is.

Source: open.dingtalk.com, "Sign in third-party sites", v1.0/oauth2/accessToken and topapi/user/getbyunionid. Its
sign-in tells an id of its own for each application, its messages about members the company's: whose is whose is asked
once, at the sign-in, where messages are taken in at all.
"""

from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialToken
from allauth.socialaccount.providers.dingtalk.views import DingTalkOAuth2Adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.conf import settings
from django.http import HttpRequest

from trivium.parties import commands, queries

NOT_A_MEMBER = 60121
INSIDE = 0  # of contact_type: 1 is somebody of another company


class DingTalkAdapter(DingTalkOAuth2Adapter):
    """allauth's, and the member's id in the company whose messages are taken in."""

    token_url = "https://api.dingtalk.com/v1.0/oauth2/accessToken"  # noqa: S105
    member_url = "https://oapi.dingtalk.com/topapi/user/getbyunionid"

    def complete_login(self, request: HttpRequest, app: Any, token: SocialToken, **named: Any) -> Any:
        login = super().complete_login(request, app, token, **named)
        agreed = settings.SERVICE_MESSAGES.get("dingtalk")
        if agreed is not None and (union := login.account.extra_data.get("unionId")):
            member = self.member_of(app, union)
            if member:
                login.account.extra_data |= {"userid": member, "corpid": agreed["receivers"][-1]}
                commands.meet_member("dingtalk", login.account.uid)
            if queries.is_barred("dingtalk", login.account.uid):  # before what is known of the member is overwritten
                raise OAuth2Error("DingTalk: this member has left")
        return login

    def member_of(self, app: Any, union_id: str) -> str:
        """The id of a person in the company; "" of somebody else. Raises OAuth2Error, if DingTalk says neither."""
        with get_adapter().get_requests_session() as session:
            keys = {"appKey": app.client_id, "appSecret": app.secret}
            answer = session.request("POST", self.token_url, json=keys)
            answer.raise_for_status()
            params = {"access_token": str(answer.json().get("accessToken", ""))}
            answer = session.request("POST", self.member_url, params=params, json={"unionid": union_id})
        answer.raise_for_status()
        said = answer.json()
        if said.get("errcode") == NOT_A_MEMBER:
            return ""
        if said.get("errcode") != 0:
            raise OAuth2Error(f"DingTalk refuses: {said.get('errcode')}")
        return str(said["result"]["userid"]) if said["result"].get("contact_type", INSIDE) == INSIDE else ""


oauth2_login = OAuth2LoginView.adapter_view(DingTalkAdapter)
oauth2_callback = OAuth2CallbackView.adapter_view(DingTalkAdapter)
