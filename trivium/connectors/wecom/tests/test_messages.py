"""What WeCom tells of its members, sent as it sends it; and everything that only looks like it."""

import time
from contextlib import contextmanager

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from trivium.connectors.wecom.tests.service import CORP
from trivium.connectors.wecom.tests.test_sign_in import PASSWORD, come_back, wecom  # noqa: F401
from trivium.core import sql
from trivium.core.models import EventRecord
from trivium.core.tests.enveloped import KEY, TOKEN, Sender
from trivium.parties import commands as parties
from trivium.parties.tests.factories import SYSTEM

pytestmark = pytest.mark.django_db
URL = "/sign-in/with/wecom/messages/"
SENDER = Sender(CORP)


@pytest.fixture(autouse=True)
def agreed(settings):
    settings.SERVICE_MESSAGES = {"wecom": {"token": TOKEN, "key": KEY, "receivers": (CORP,)}}


def member_xml(change, userid="lin", *, at=None, to=CORP, **more):
    inner = {"ToUserName": to, "FromUserName": "sys", "CreateTime": str(at or int(time.time())), "MsgType": "event",
             "Event": "change_contact", "ChangeType": change, "UserID": userid, **more}  # fmt: skip
    return "<xml>" + "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in inner.items()) + "</xml>"


def query(envelope, *, sender=SENDER, timestamp=None, nonce="380320359", **wrong):
    timestamp = timestamp or str(int(time.time()))
    return {"msg_signature": sender.sign(timestamp, nonce, envelope), "timestamp": timestamp, "nonce": nonce, **wrong}


def outer(envelope, to=CORP):
    inside = f"<ToUserName><![CDATA[{to}]]></ToUserName><AgentID></AgentID><Encrypt><![CDATA[{envelope}]]></Encrypt>"
    return f"<xml>{inside}</xml>"


def post(envelope, *, body=None, asked=None, client=None):
    params = "&".join(f"{name}={value}" for name, value in (asked or query(envelope)).items())
    return (client or Client(enforce_csrf_checks=True)).post(
        f"{URL}?{params}", body if body is not None else outer(envelope), content_type="text/xml"
    )


def tell(change, userid="lin", **more):
    answer = post(SENDER.seal(member_xml(change, userid, **more).encode()))
    assert (answer.status_code, answer.content) == (200, b"success")


@contextmanager
def nothing_happens():
    before = sql.rows("SELECT * FROM parties_servicemember ORDER BY id"), EventRecord.objects.count()
    yield
    assert (sql.rows("SELECT * FROM parties_servicemember ORDER BY id"), EventRecord.objects.count()) == before


def refused(answer):
    return answer.status_code == 401 and answer.content == b""


def is_in(client):
    return client.get("/welcome/").status_code == 200


def test_the_address_is_verified_by_what_it_can_decrypt():
    sealed = SENDER.seal(b"1616140317555161061")
    answer = Client().get(URL, {**query(sealed), "echostr": sealed})
    assert (answer.status_code, answer.content) == (200, b"1616140317555161061")
    assert refused(Client().get(URL, {**query(sealed), "echostr": SENDER.seal(b"other")}))
    assert refused(Client().get(URL))


@pytest.mark.parametrize(
    ("change", "more"), [("delete_user", {}), ("update_user", {"Status": "2"}), ("update_user", {"Status": "5"})]
)
def test_who_is_disabled_or_leaves_is_out_at_once_and_stays_out(wecom, change, more):  # noqa: F811
    here, there = Client(), Client()
    come_back(here, wecom.code_for(userid="lin"))
    come_back(there, wecom.code_for(userid="lin"))
    assert is_in(here) and is_in(there)
    tell(change, **more)
    assert not is_in(here) and not is_in(there)
    again = Client()
    assert come_back(again, wecom.code_for(userid="lin")).status_code == 401 and not is_in(again)
    (event,) = EventRecord.objects.filter(name="ServiceStopped")
    assert event.data["sessions"] == 2 and event.data["service"] == "wecom"


def test_other_members_and_other_ways_stay(wecom):  # noqa: F811
    wecom.hires("gu", "顾云")
    lin = parties.register_person(SYSTEM, email="lin@example.test", name="Lin", password=PASSWORD)
    by_password, by_wecom, other = Client(), Client(), Client()
    by_password.post("/sign-in/", {"login": "lin@example.test", "password": PASSWORD})
    come_back(by_password, wecom.code_for(userid="lin"), "connect")
    by_password.post("/me/again/", {"password": PASSWORD})
    come_back(by_wecom, wecom.code_for(userid="lin"))
    come_back(other, wecom.code_for(userid="gu"))
    assert int(by_wecom.session["_auth_user_id"]) == lin.pk
    tell("delete_user")
    assert not is_in(by_wecom) and is_in(by_password) and is_in(other)


def test_who_comes_back_signs_in_again(wecom):  # noqa: F811
    come_back(Client(), wecom.code_for(userid="lin"))
    at = int(time.time())
    tell("update_user", Status="2", at=at - 10)
    tell("update_user", Status="1", at=at - 5)
    assert come_back(Client(), wecom.code_for(userid="lin")).status_code == 302


def test_what_was_said_earlier_and_comes_later_changes_nothing(wecom):  # noqa: F811
    at = int(time.time())
    tell("delete_user", at=at)
    with nothing_happens():
        tell("update_user", Status="1", at=at - 60)
    assert come_back(Client(), wecom.code_for(userid="lin")).status_code == 401


def test_a_new_name_takes_the_link_along(wecom):  # noqa: F811
    client = Client()
    come_back(client, wecom.code_for(userid="lin"))
    person = get_user_model().objects.get()
    tell("update_user", NewUserID="lin.yue")
    assert not is_in(client)
    assert come_back(Client(), wecom.code_for(userid="lin")).status_code == 401
    wecom.hires("lin.yue", "林悦")
    again = Client()
    come_back(again, wecom.code_for(userid="lin.yue"))
    assert int(again.session["_auth_user_id"]) == person.pk and get_user_model().objects.count() == 1


def test_the_same_message_twice_does_nothing_twice(wecom):  # noqa: F811
    come_back(Client(), wecom.code_for(userid="lin"))
    sealed = SENDER.seal(member_xml("delete_user").encode())
    asked = query(sealed)
    assert post(sealed, asked=asked).content == b"success"
    with nothing_happens():
        assert post(sealed, asked=asked).content == b"success"
        assert post(sealed, asked=query(sealed, nonce="other")).content == b"success"


def test_a_message_of_other_things_is_heard_and_changes_nothing():
    with nothing_happens():
        for change in ("create_user", "create_party", "update_tag"):
            tell(change)
        tell("update_user", Name="林悦悦")


def test_whatever_is_not_from_wecom_gets_no_word():
    good = SENDER.seal(member_xml("delete_user").encode())
    now = int(time.time())
    with nothing_happens():
        assert refused(post(good, asked=query(good, msg_signature="0" * 40)))
        assert refused(post(good, asked=query(good, msg_signature="")))
        assert refused(post(good, asked=query(good, msg_signature="%E6%9E%97")))
        assert refused(post(good, asked=query(good, sender=Sender(CORP, token="another"))))
        assert refused(post(good, asked={**query(good), "nonce": "x"}))
        assert refused(post(SENDER.seal(member_xml("delete_user", "gu").encode()), asked=query(good)))
        for timestamp in (str(now - 360), str(now + 360), "", "-1", "1e9", "9" * 40, "٣"):
            assert refused(post(good, asked=query(good, timestamp=timestamp or " ")))
        for sender in (Sender("ww-of-another"), Sender(""), Sender(CORP + "x")):
            assert refused(post(sender.seal(member_xml("delete_user").encode())))
        assert refused(post(SENDER.seal(member_xml("delete_user", to="ww-of-another").encode())))


@pytest.mark.parametrize("padding", [b"\x00" * 16, b"\x21" * 33, b"\x02" + b"\x03" * 2, b"\x20" * 16, b""])
def test_wrong_padding_is_refused_like_all_else(padding):
    plain = member_xml("delete_user").encode()
    head = 20 + len(plain) + len(CORP)
    fill = b"\x07" * (-(head + len(padding)) % 16)
    with nothing_happens():
        assert refused(post(SENDER.seal(plain, padding=fill + padding)))


def test_lengths_and_letters_that_are_none_are_refused():
    with nothing_happens():
        for length in (0, 10**6, 2**32 - 1):
            assert refused(post(SENDER.seal(member_xml("delete_user").encode(), length=length)))
        for envelope in ("", "A", "no base64!", "QUJD", SENDER.encrypt(b"\x10" * 16)):
            assert refused(post(envelope))


BOMB = '<!DOCTYPE xml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize("head", [BOMB, OUTSIDE, "<!DOCTYPE xml>", '<?xml-stylesheet href="x"?>'])
def test_bombs_and_entities_are_refused_outside_and_inside(head):
    good = SENDER.seal(member_xml("delete_user").encode())
    inside = SENDER.seal((head + member_xml("delete_user", "&a;")).encode())
    with nothing_happens():
        assert refused(post(good, body=head + outer(good)))
        assert refused(post(inside))


@pytest.mark.parametrize(
    "body", ["", "<xml>", "no xml", "<xml>" * 50 + "</xml>" * 50, "<xml>" + "<a/>" * 500 + "</xml>",
             "<xml><Encrypt>a</Encrypt><Encrypt>b</Encrypt></xml>", b"\xff\xfe\x00", "x" * 70_000]
)  # fmt: skip
def test_what_is_no_message_is_refused(body):
    with nothing_happens():
        assert refused(post(SENDER.seal(b"x"), body=body))


def test_where_nothing_was_agreed_nothing_is_heard(settings):
    settings.SERVICE_MESSAGES = {}
    assert refused(post(SENDER.seal(member_xml("delete_user").encode())))
