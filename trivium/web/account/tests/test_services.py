"""DingTalk and OpenID Connect, against local servers that speak their published protocols."""

import base64
import hashlib
import time
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.socialaccount.providers.dingtalk.views import DingTalkOAuth2Adapter
from cryptography.hazmat.primitives.asymmetric import rsa
from django.contrib.auth import get_user_model
from django.test import Client

from tests.local import Local
from trivium.core.tests.agreeing import agree
from trivium.parties import commands as parties
from trivium.parties import queries
from trivium.parties.tests.factories import SYSTEM

pytestmark = pytest.mark.django_db

DING, OIDC = "/sign-in/with/dingtalk/login/", "/sign-in/with/oidc/company/login/"


def begin(client, url):
    answer = client.post(url, {"process": "login"})
    assert answer.status_code == 302
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.url).query).items()}


@pytest.fixture
def dingtalk(monkeypatch, settings):
    """api.dingtalk.com: userAccessToken takes a code once; contact/users/me tells who holds a token."""
    codes, tokens = {}, {}

    def answer(method, path, given, headers):
        if path == "/v1.0/oauth2/userAccessToken":
            who = codes.pop(given.get("code"), None)
            right = (given.get("clientId"), given.get("clientSecret"), given.get("grantType"))
            if who is None or right != ("ding-app", "ding-secret", "authorization_code"):
                return 400, {"code": "invalidParameter", "message": "code"}
            tokens["t-1"] = who
            return 200, {"accessToken": "t-1", "refreshToken": "r-1", "expireIn": 7200, "corpId": "ding-corp"}
        who = tokens.get(headers.get("x-acs-dingtalk-access-token"))
        return (200, who) if who else (403, {"code": "Forbidden"})

    service = Local(answer)
    settings.SOCIALACCOUNT_PROVIDERS = {"dingtalk": {"APP": {"client_id": "ding-app", "secret": "ding-secret"}}}
    monkeypatch.setattr(DingTalkOAuth2Adapter, "access_token_url", f"{service.url}/v1.0/oauth2/userAccessToken")
    monkeypatch.setattr(DingTalkOAuth2Adapter, "profile_url", f"{service.url}/v1.0/contact/users/me")
    yield codes
    service.stop()


def test_somebody_signs_in_through_dingtalk(dingtalk):
    who = {"nick": "顾云", "openId": "open-1", "unionId": "union-1", "email": "boss@example.test", "mobile": "138"}
    for number in range(2):
        dingtalk[f"code-{number}"] = who
        client = Client()
        state = begin(client, DING)["state"]
        answer = client.get(f"{DING}callback/", {"authCode": f"code-{number}", "state": state})
        assert agree(client, answer).url == "/"
        assert "_auth_user_id" in client.session
    person = get_user_model().objects.get()
    assert (person.name, person.email) == ("顾云", None), "what DingTalk says of mail is not believed"


def test_a_code_of_dingtalk_is_good_once(dingtalk):
    dingtalk["code-1"] = {"nick": "顾云", "openId": "open-1"}
    answers = []
    for _each in range(2):
        client = Client()
        state = begin(client, DING)["state"]
        answers.append(client.get(f"{DING}callback/", {"authCode": "code-1", "state": state}).status_code)
    assert answers == [302, 401]


class Company:
    """An OpenID Connect server: discovery, keys, codes bound to a PKCE challenge, signed id tokens."""

    def __init__(self):
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.codes, self.claims, self.userinfo = {}, {}, None
        self.local = Local(self.answer)

    def answer(self, method, path, given, headers):
        url = self.local.url
        if path == "/.well-known/openid-configuration":
            return 200, {"issuer": url, "authorization_endpoint": f"{url}/authorize", "token_endpoint": f"{url}/token",
                         "userinfo_endpoint": f"{url}/userinfo", "jwks_uri": f"{url}/keys",
                         "token_endpoint_auth_methods_supported": ["client_secret_post"]}  # fmt: skip
        if path == "/keys":
            public = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
            return 200, {"keys": [{**public, "kid": "k1", "alg": "RS256", "use": "sig"}]}
        if path == "/token":
            challenge = self.codes.pop(given.get("code"), None)
            digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
            proved = base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == challenge
            if not proved or given.get("client_secret") != "company-secret":
                return 400, {"error": "invalid_grant"}
            now = int(time.time())
            claims = {"iss": url, "aud": "trivium", "sub": "u-1", "iat": now, "exp": now + 300, **self.claims}
            token = jwt.encode(claims, self.key, "RS256", headers={"kid": "k1"})
            return 200, {"access_token": "a-1", "token_type": "Bearer", "expires_in": 300, "id_token": token}
        if path == "/userinfo" and headers.get("Authorization") == "Bearer a-1":
            told = {"sub": "u-1", "name": "Wei Chen", "email": "lin@example.test", "email_verified": True}
            return 200, self.userinfo or told
        return 404, {}


@pytest.fixture
def company(settings):
    made = Company()
    app = {"provider_id": "company", "name": "Haiwen", "client_id": "trivium", "secret": "company-secret",
           "settings": {"server_url": made.local.url}}  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}
    yield made
    made.local.stop()


def come_back(company, client, code="c-1"):
    told = begin(client, OIDC)
    assert told["code_challenge_method"] == "S256" and "openid" in told["scope"]
    company.codes[code] = told["code_challenge"]
    return agree(client, client.get(f"{OIDC}callback/", {"code": code, "state": told["state"]}))


def test_somebody_signs_in_through_their_company(company):
    client = Client()
    assert "Haiwen" in client.get("/sign-in/").content.decode()
    assert come_back(company, client).url == "/"
    person = get_user_model().objects.get()
    assert (person.name, person.email) == ("Wei Chen", None)
    assert [each.provider for each in queries.links_of(person.pk)] == ["company"]


def test_a_mail_address_another_service_tells_opens_nobodys_sign_in(company):
    lin = parties.register_person(SYSTEM, email="lin@example.test", name="Lin", password="correct horse 9")
    client = Client()
    come_back(company, client)
    assert int(client.session["_auth_user_id"]) != lin.pk and queries.links_of(lin.pk) == []


@pytest.mark.parametrize("claims", [{"aud": "somebody-else"}, {"iss": "https://evil.example"}, {"exp": 1}])
def test_a_token_for_somebody_else_or_too_old_is_refused(company, claims):
    company.claims = claims
    client = Client()
    assert come_back(company, client).status_code == 401
    assert "_auth_user_id" not in client.session and not get_user_model().objects.exists()


def test_breaking_off_at_the_other_service_is_said(company):
    client = Client()
    told = begin(client, OIDC)
    answer = client.get(f"{OIDC}callback/", {"error": "access_denied", "state": told["state"]})
    assert "cancelled at the other service" in client.get(answer.url).content.decode()
