"""WeCom's web sign-in: to its page, back with a code, and who that is.

Source: developer.work.weixin.qq.com, "Web login" (wwlogin/sso/login), gettoken, auth/getuserinfo and user/get. It is
OAuth2 only in shape: the token is the company's own, and the code is told to a call of its own.
"""

from typing import Any
from urllib.parse import urlencode

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter, OAuth2CallbackView, OAuth2LoginView
from django.http import HttpRequest

from trivium.parties import commands

ACTIVE = 1  # of a member's status: 2 disabled, 4 not yet there, 5 has left


def asked(url: str, **params: str) -> dict[str, Any]:
    """What WeCom answers. Raises OAuth2Error, if it says no; requests' errors, if it says nothing."""
    with get_adapter().get_requests_session() as session:
        response = session.request("GET", url, params=params)
    response.raise_for_status()
    answer = response.json()
    if not isinstance(answer, dict) or answer.get("errcode", 0) != 0:
        code = answer.get("errcode") if isinstance(answer, dict) else "?"
        raise OAuth2Error(f"WeCom refuses: {code}")
    return answer


class WecomClient(OAuth2Client):
    """Its token is the company's: asked for with the company's id and the application's secret."""

    def get_redirect_url(self, authorization_url: str, scope: list[str], extra_params: dict[str, Any]) -> str:
        params = {
            "login_type": "CorpApp",
            "appid": self.consumer_key,
            "redirect_uri": self.callback_url,
            "state": self.state,
            **extra_params,
        }
        return f"{authorization_url}?{urlencode(params)}"

    def get_access_token(self, code: str, pkce_code_verifier: str | None = None) -> dict[str, Any]:
        answer = asked(self.access_token_url, corpid=self.consumer_key, corpsecret=self.consumer_secret)
        return {**answer, "code": code}


class WecomAdapter(OAuth2Adapter):
    """Where WeCom is, and how a code becomes a member."""

    provider_id = "wecom"
    client_class = WecomClient
    service = "https://qyapi.weixin.qq.com/cgi-bin"
    authorize_url = "https://login.work.weixin.qq.com/wwlogin/sso/login"

    @property
    def access_token_url(self) -> str:
        return f"{self.service}/gettoken"

    def complete_login(self, request: HttpRequest, app: Any, token: SocialToken, **named: Any) -> Any:
        code = str(named["response"]["code"])
        found = asked(f"{self.service}/auth/getuserinfo", access_token=token.token, code=code)
        userid = found.get("userid")
        if not userid:
            raise OAuth2Error("WeCom: this is no member of the company")
        member = asked(f"{self.service}/user/get", access_token=token.token, userid=str(userid))
        if member.get("userid") != userid or member.get("status") != ACTIVE:
            raise OAuth2Error("WeCom: this member is not active")
        commands.meet_member("wecom", f"{app.client_id}:{userid}")
        data = {**member, "corpid": app.client_id}
        return self.get_provider().sociallogin_from_response(request, data)


oauth2_login = OAuth2LoginView.adapter_view(WecomAdapter)
oauth2_callback = OAuth2CallbackView.adapter_view(WecomAdapter)
