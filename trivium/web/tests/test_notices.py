"""Notices on their page, what of them comes by mail, and what makes a page live."""

import pytest

from trivium.core.time import now
from trivium.notices import queries
from trivium.notices.commands import address_mail, send_mail
from trivium.parties import queries as parties

pytestmark = pytest.mark.django_db


def unread(hands) -> int:
    return queries.unread(hands.actor, now())


def test_notices_are_a_list_that_can_be_narrowed_to_the_unread(trade):
    supplier = trade.at(trade.s1.actor)
    trade.order()
    text = supplier.open("notices/?state=unread")
    assert "waits for your confirmation" in text
    assert "Nothing fits." in supplier.open("notices/?state=read")
    assert "Nothing fits." in supplier.open("notices/?kind=money")
    assert "waits for your confirmation" in supplier.open("notices/?kind=asks")


def test_one_can_be_read_up_to_and_all_can_be_read(trade):
    supplier = trade.at(trade.s1.actor)
    for _order in range(3):
        trade.order()
    supplier.open("notices/")
    assert unread(supplier) == 3
    events = [notice.event_id for notice in queries.inbox(supplier.actor, now())]
    supplier.send(f"read-{events[1]}")
    assert unread(supplier) == 1
    assert f"read-{events[1]}" not in supplier.text
    supplier.send(f"read-{events[0]}")
    assert unread(supplier) == 0
    assert "unread" not in supplier.text.partition('id="bell"')[2].partition("</a>")[0]


def test_a_person_chooses_what_comes_by_mail(trade):
    supplier = trade.at(trade.s1.actor)
    supplier.open("notices/")
    assert supplier.form("choose-mail").values.keys() >= {"asks", "trouble", "money"}
    form = supplier.form("choose-mail")
    form.values.pop("asks")
    supplier.post(form, progress="1")
    assert queries.mail_choices(supplier.actor) == {"asks": False, "trouble": True, "money": True, "progress": True}
    supplier.open("notices/")
    assert "asks" not in supplier.form("choose-mail").values


def test_the_language_a_person_chooses_is_the_language_of_their_mails(trade):
    supplier = trade.at(trade.s1.actor)
    for language in ("en", "zh-hans"):
        assert supplier.client.post("/language/", {"language": language}).status_code == 302
        assert parties.person(supplier.actor.user_id or 0).locale == language
    supplier.client.post("/language/", {"language": "xx"})
    assert parties.person(supplier.actor.user_id or 0).locale == "zh-hans"


def test_the_operator_sees_the_mails_and_nobody_else_does(trade):
    address_mail(now())
    trade.order()
    address_mail(now())
    assert send_mail() > 0
    operator = trade.at(trade.market.operator.actor)
    assert "Mails sent" in operator.open("notices/")
    text = operator.open("mails/?status=sent")
    assert parties.person(trade.s1.actor.user_id or 0).email in text
    assert "Nothing fits." in operator.open("mails/?status=failed")
    trade.at(trade.s1.actor).open("/operator/mails/", 404)


def test_every_page_says_where_its_stream_is_and_may_open_it(trade, settings):
    buyer = trade.at(trade.buyer.actor)
    settings.TRIVIUM = settings.TRIVIUM | {"LIVE_URL": ":8001"}
    text = buyer.open("")
    assert 'data-stream="http://testserver:8001/live/"' in text
    assert "connect-src 'self' http://testserver:8001" in buyer.page["Content-Security-Policy"]
    settings.TRIVIUM = settings.TRIVIUM | {"LIVE_URL": "/live/"}
    text = buyer.open("")
    assert 'data-stream="/live/"' in text
    assert "connect-src 'self';" in buyer.page["Content-Security-Policy"] + ";"
    assert 'id="live"' not in buyer.client.get("/no-such-page/").content.decode()


def test_a_form_that_came_back_is_not_read_over(trade):
    supplier = trade.at(trade.s1.actor)
    ref = trade.order()
    live = supplier.open(f"orders/{ref}/").partition('id="live"')[2].partition(">")[0]
    assert "#order-head" in live and "data-fixed" not in live
    supplier.send("confirm", 422, ship_date="no day")
    live = supplier.text.partition('id="live"')[2].partition(">")[0]
    assert "#order-head" not in live and 'data-fixed="1"' in live and f'hx-get="/supplier/orders/{ref}/"' in live
