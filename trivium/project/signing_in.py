"""What signing in goes by: the other services it may lead to, by the environment, and how often it may be tried."""

import os
import re
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


def services() -> tuple[dict[str, Any], list[str]]:
    """The services one may sign in with, for allauth, and the origins our forms lead to for it."""
    found: dict[str, Any] = {}
    origins: list[str] = []
    if given := os.environ.get("TRIVIUM_WECOM"):
        company, agent, secret = (*given.split(":"), "", "")[:3]
        found["wecom"] = {"APP": {"client_id": company, "secret": secret}, "AUTH_PARAMS": {"agentid": agent}}
        origins.append("https://login.work.weixin.qq.com")
    if given := os.environ.get("TRIVIUM_DINGTALK"):
        client, _colon, secret = given.partition(":")
        found["dingtalk"] = {"APP": {"client_id": client, "secret": secret}, "AUTH_PARAMS": {"prompt": "consent"}}
        origins.append("https://login.dingtalk.com")
    if server := os.environ.get("TRIVIUM_OIDC_URL"):
        client, _colon, secret = os.environ.get("TRIVIUM_OIDC_CLIENT", "").partition(":")
        app = {"provider_id": "company", "name": os.environ.get("TRIVIUM_OIDC_NAME") or "OpenID Connect",
               "client_id": client, "secret": secret, "settings": {"server_url": server}}  # fmt: skip
        found["openid_connect"] = {"APPS": [app], "OAUTH_PKCE_ENABLED": True}
        parts = urlsplit(server)
        origins.append(os.environ.get("TRIVIUM_OIDC_ORIGIN") or f"{parts.scheme}://{parts.netloc}")
    return found, origins


def messages() -> dict[str, dict[str, Any]]:
    """What is agreed on with the services whose messages about members are taken in (`core.envelopes`).

    The last receiver is the company whose members are meant.
    """
    found: dict[str, dict[str, Any]] = {}
    if given := os.environ.get("TRIVIUM_WECOM_MESSAGES"):
        token, key = _token_and_key("TRIVIUM_WECOM_MESSAGES", given.split(":"))
        company = os.environ.get("TRIVIUM_WECOM", "").split(":")[0]
        found["wecom"] = {"token": token, "key": key, "receivers": (company,)}
    if given := os.environ.get("TRIVIUM_DINGTALK_MESSAGES"):
        parts = given.split(":")
        token, key = _token_and_key("TRIVIUM_DINGTALK_MESSAGES", parts)
        client = os.environ.get("TRIVIUM_DINGTALK", "").partition(":")[0]
        found["dingtalk"] = {"token": token, "key": key, "receivers": (client, *parts[2:3])}
    return found


def _token_and_key(name: str, parts: list[str]) -> tuple[str, str]:
    """Both of them, or the site does not start: a key that is none would refuse every message without a word."""
    if len(parts) < 2 or not parts[0] or not re.fullmatch("[A-Za-z0-9]{43}", parts[1]):
        raise ImproperlyConfigured(f"{name} is <token>:<EncodingAESKey of 43 letters and figures>")
    return parts[0], parts[1]


def rate_limits(tries: int) -> dict[str, str | None]:
    """How often what may be tried, for allauth; `tries` wrong passwords of one person from one address, 0 for any."""
    return {
        "login": "120/m/ip",
        "login_failed": f"{tries * 5}/900s/ip,{tries * 10}/900s/key" if tries else None,
        "login_failed_here": f"{tries}/900s/key" if tries else None,  # one person from one address
        "signup": "20/m/ip,200/d/ip",
        "confirm_email": "1/10s/key,20/d/key",
        "request_login_code": "20/m/ip,3/m/key,20/d/key",  # three guesses each: 60 in a day among a million
        "verify_phone": "1/30s/key,10/d/key,10/m/ip",
        "change_phone": "3/m/user",
    }
