"""What DingTalk tells of the members of a company, sent as it sends it; and what only looks like it."""

import json
import time
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from tests.local import Local
from trivium.connectors.dingtalk.views import DingTalkAdapter
from trivium.core import sql
from trivium.core.models import EventRecord
from trivium.core.tests.agreeing import agree
from trivium.core.tests.enveloped import KEY, TOKEN, Sender

pytestmark = pytest.mark.django_db
DING = "/sign-in/with/dingtalk/login/"
URL, CORP, APP = "/sign-in/with/dingtalk/messages/", "ding9f50b15b", "ding-app"
SENDER = Sender(APP)


@pytest.fixture(autouse=True)
def dingtalk(monkeypatch, settings):
    """api.dingtalk.com and oapi.dingtalk.com: codes, who holds a token, and which member of the company that is."""
    settings.SERVICE_MESSAGES = {"dingtalk": {"token": TOKEN, "key": KEY, "receivers": (APP, CORP)}}
    settings.SOCIALACCOUNT_PROVIDERS = {"dingtalk": {"APP": {"client_id": APP, "secret": "ding-secret"}}}
    members = {"union-lin": "staff-lin", "union-gu": "staff-gu"}

    def answer(method, path, given, headers):
        match path:
            case "/v1.0/oauth2/userAccessToken":
                return 200, {"accessToken": given["code"], "refreshToken": "r", "expireIn": 7200, "corpId": CORP}
            case "/v1.0/contact/users/me":
                who = headers["x-acs-dingtalk-access-token"]
                return 200, {"nick": who, "openId": f"open-{who}", "unionId": f"union-{who}", "mobile": "13800138000",
                             "email": "boss@example.test", "stateCode": "86"}  # fmt: skip
            case "/v1.0/oauth2/accessToken":
                right = given == {"appKey": APP, "appSecret": "ding-secret"}
                return (200, {"accessToken": "of-the-app", "expireIn": 7200}) if right else (400, {})
            case "/topapi/user/getbyunionid":
                found = members.get(given["unionid"])
                if found is None:
                    return 200, {"errcode": 60121, "errmsg": "找不到该用户"}
                return 200, {"errcode": 0, "errmsg": "ok", "result": {"contact_type": 0, "userid": found}}
        return 404, {}

    service = Local(answer)
    monkeypatch.setattr(DingTalkAdapter, "access_token_url", f"{service.url}/v1.0/oauth2/userAccessToken")
    monkeypatch.setattr(DingTalkAdapter, "profile_url", f"{service.url}/v1.0/contact/users/me")
    monkeypatch.setattr(DingTalkAdapter, "token_url", f"{service.url}/v1.0/oauth2/accessToken")
    monkeypatch.setattr(DingTalkAdapter, "member_url", f"{service.url}/topapi/user/getbyunionid")
    yield members
    service.stop()


def signs_in(who):
    client = Client()
    begun = client.post(DING, {"process": "login"})
    (state,) = parse_qs(urlsplit(begun.url).query)["state"]
    return client, agree(client, client.get(f"{DING}callback/", {"authCode": who, "state": state})).status_code


def event(kind="user_leave_org", members=("staff-lin",), **more):
    told = {"EventType": kind, "UserId": list(members), "CorpId": CORP, "TimeStamp": str(int(time.time() * 1000))}
    return json.dumps({**told, **more}).encode()


def post(envelope, *, body=None, sender=SENDER, timestamp=None, name="signature", **wrong):
    timestamp = timestamp or str(int(time.time() * 1000))
    asked = {name: sender.sign(timestamp, "n-1", envelope), "timestamp": timestamp, "nonce": "n-1", **wrong}
    params = "&".join(f"{key}={value}" for key, value in asked.items())
    content = json.dumps({"encrypt": envelope}) if body is None else body
    return Client(enforce_csrf_checks=True).post(f"{URL}?{params}", content, content_type="application/json")


def tell(*told, name="signature", **more):
    answer = post(SENDER.seal(event(*told, **more)), name=name)
    assert answer.status_code == 200, answer.content
    said = answer.json()
    assert SENDER.open(said["encrypt"]) == b"success"
    assert said["msg_signature"] == SENDER.sign(said["timeStamp"], said["nonce"], said["encrypt"])


@contextmanager
def nothing_happens():
    before = sql.rows("SELECT * FROM parties_servicemember ORDER BY id"), EventRecord.objects.count()
    yield
    assert (sql.rows("SELECT * FROM parties_servicemember ORDER BY id"), EventRecord.objects.count()) == before


def refused(answer):
    return answer.status_code == 401 and answer.content == b""


def is_in(client):
    return client.get("/welcome/").status_code == 200


def test_the_address_is_checked_with_an_encrypted_success():
    tell("check_url")
    tell("check_url", name="msg_signature")


def test_of_what_dingtalk_tells_neither_phone_nor_mail_is_kept():
    signs_in("lin")
    kept = SocialAccount.objects.get().extra_data
    wanted = {"nick": "lin", "openId": "open-lin", "unionId": "union-lin", "userid": "staff-lin", "corpid": CORP}
    assert kept == wanted


def test_who_leaves_the_company_is_out_at_once_and_stays_out():
    (here, _status), (there, _), (other, _) = signs_in("lin"), signs_in("lin"), signs_in("gu")
    assert is_in(here) and is_in(there) and is_in(other)
    tell("user_leave_org")
    assert not is_in(here) and not is_in(there) and is_in(other)
    again, status = signs_in("lin")
    assert status == 401 and not is_in(again)
    (told,) = EventRecord.objects.filter(name="ServiceStopped")
    assert told.data["sessions"] == 2


def test_who_is_added_again_signs_in_again(dingtalk):
    signs_in("lin")
    tell("user_leave_org")
    del dingtalk["union-lin"]
    assert signs_in("lin")[1] == 401
    tell("user_add_org")
    dingtalk["union-lin"] = "staff-lin"
    assert signs_in("lin")[1] == 302


def test_what_changes_of_a_member_but_not_whether_they_are_one_asks_for_nothing():
    client, _status = signs_in("lin")
    with nothing_happens():
        told = {"userid": "staff-lin", "prev": {"name": "Lin"}, "curr": {"name": "Lin Yue", "mobile": "13900139000"}}
        tell("user_modify_org", DiffInfo=[told])
    assert is_in(client)


def test_whoever_was_never_a_member_signs_in_as_before(dingtalk):
    client, status = signs_in("stranger")
    assert status == 302 and is_in(client)
    with nothing_happens():
        tell("user_leave_org", ("staff-of-nobody",))


def test_the_same_message_twice_does_nothing_twice():
    signs_in("lin")
    sealed, timestamp = SENDER.seal(event()), str(int(time.time() * 1000))
    assert post(sealed, timestamp=timestamp).status_code == 200
    with nothing_happens():
        assert post(sealed, timestamp=timestamp).status_code == 200


def test_whatever_is_not_from_dingtalk_gets_no_word():
    signs_in("lin")
    good, at = SENDER.seal(event()), int(time.time() * 1000)
    with nothing_happens():
        assert refused(post(good, signature="0" * 40))
        assert refused(post(good, sender=Sender(APP, token="another")))
        assert refused(post(good, nonce="other"))
        for timestamp in (at - 360_000, at + 360_000, "x", "9" * 30):
            assert refused(post(good, timestamp=str(timestamp)))
        assert refused(post(Sender("ding-of-another").seal(event())))
        assert refused(post(SENDER.seal(event(CorpId="ding-of-another"))))
        assert refused(post(SENDER.seal(event(TimeStamp="soon"))))
        for inside in (b"", b"[]", b"no json", b"[" * 30_000, b"\xff"):
            assert refused(post(SENDER.seal(inside)))
        for body in ("", "[]", "{", json.dumps({"encrypt": 1}), "x" * 70_000):
            assert refused(post(good, body=body))
        fill = b"\x00" * (-(20 + len(event()) + len(APP)) % 16)
        assert refused(post(SENDER.seal(event(), padding=fill + b"\x00" * 16)))
    assert Client().get(URL).status_code == 405


def test_members_named_in_ways_dingtalk_does_not_are_no_members():
    signs_in("lin")
    with nothing_happens():
        for members in ("staff-lin", None, 1, {"a": 1}):
            tell("user_leave_org", UserId=members)
        tell("user_leave_org", UserId=[None, 1, ["staff-lin"]])
