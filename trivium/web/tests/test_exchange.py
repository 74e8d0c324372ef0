"""Polls and meetings in the portals."""

import datetime as dt

import pytest

from trivium.core.time import now
from trivium.service import commands, queries
from trivium.web.shared.filters import local

pytestmark = pytest.mark.django_db
OPTIONS = {"options.en": "Monday\nFriday", "options.zh-hans": "周一\n周五"}
QUESTION = {"question.en": "Which day suits you?", "question.zh-hans": "哪天方便？"}
MEETING = {"subject.en": "Spring goods", "subject.zh-hans": "春季商品", "agenda.en": "Prices", "agenda.zh-hans": "价格",
           "begins_at.time": "14:00", "ends_at.time": "15:30", "zone": "Europe/Berlin", "place": "Room 3",
           "role.buyer": "1"}  # fmt: skip


def day(days):
    return f"{local(now() + dt.timedelta(days=days)):%Y-%m-%d}"


def asked(trade, **written):
    operator = trade.at(trade.market.operator.actor)
    operator.open("new-poll/")
    operator.send("ask-poll", **{**QUESTION, **OPTIONS, "closes_at": day(3), "role.buyer": "1", **written})
    return operator, queries.polls(trade.market.operator.actor)[0].ref


def called(trade, **written):
    operator = trade.at(trade.market.operator.actor)
    operator.open("new-meeting/")
    operator.send("call-meeting", **{**MEETING, "begins_at": day(3), **written})
    return operator, queries.meetings(trade.market.operator.actor)[0].ref


def test_a_poll_is_asked_voted_changed_and_counted(trade):
    operator, ref = asked(trade, results_shown="voted")
    buyer = trade.at(trade.buyer.actor, "zh-hans")
    assert "哪天方便？" in buyer.open("").partition('id="calendar"')[2]
    text = buyer.open(f"polls/{ref}/")
    assert "data-chart" not in text and text.count("周一") == 1  # the form alone lists the options
    assert "Monday" in operator.open(f"polls/{ref}/")
    buyer.send("vote", choices="0")
    assert '<tr data-value="1"><th scope="row">周一</th>' in buyer.text and "100.0%" in buyer.text
    buyer.send("vote", choices="1")
    assert '<tr data-value="1"><th scope="row">周五</th>' in buyer.text
    file = buyer.client.get(f"/buyer/polls/{ref}/?format=csv").content.decode("utf-8-sig")
    assert "周五,1,100.0%" in file.replace("\r", "")
    text = operator.open(f"polls/{ref}/votes/")
    assert "Friday" in text and "Monday" not in text
    assert "Monday" in operator.open(f"polls/{ref}/votes/?which=every")
    operator.open(f"polls/{ref}/")
    operator.send("close")
    assert 'id="vote"' not in buyer.open(f"polls/{ref}/")
    operator.send("withdraw")
    buyer.open(f"polls/{ref}/", 404)


def test_several_options_are_ticked(trade):
    _operator, ref = asked(trade, is_multiple="1", voters="person")
    buyer = trade.at(trade.buyer.actor)
    buyer.open(f"polls/{ref}/")
    form = buyer.form("vote")
    assert "Choose one of the options" in buyer.post(form, 422)
    buyer.post(form, **{"choice.0": "1", "choice.1": "1"})
    assert "shown to you when the poll is closed" in buyer.text
    assert [each.votes for each in queries.poll_results(trade.market.operator.actor, ref).options] == [1, 1]


def test_refusals_of_a_poll_stand_at_their_fields(trade):
    operator = trade.at(trade.market.operator.actor)
    operator.open("new-poll/")
    form = operator.form("ask-poll")
    good = {**QUESTION, **OPTIONS, "closes_at": day(3), "role.buyer": "1"}
    for wrong, field in (
        ({"question.zh-hans": ""}, "question.zh-hans"),
        ({"options.zh-hans": "周一"}, "options.zh-hans"),
        ({"closes_at.time": "teatime"}, "closes_at.time"),
        ({"closes_at": "2020-01-01"}, "closes_at"),
        ({"companies": "Nobody & Sons"}, "companies"),
    ):
        assert f'id="ask-poll-{field}-error"' in operator.post(form, 422, **{**good, **wrong}), field


@pytest.mark.parametrize("make", [asked, called])
def test_who_is_not_asked_finds_nothing(trade, make):
    _operator, ref = make(trade)
    place = "polls" if make is asked else "meetings"
    supplier = trade.at(trade.s1.actor)
    supplier.open(f"{place}/{ref}/", 404)
    assert ref not in supplier.open(f"{place}/") + supplier.open("")
    for path, sent in ((f"polls/{ref}/vote/", {"choices": "0"}), (f"meetings/{ref}/answer/", {"answer": "yes"})):
        given = {**sent, "on": "/supplier/", "form": "x", "key": path}
        assert supplier.client.post(f"/supplier/{path}", given).status_code == 404
    assert supplier.client.get(f"/supplier/meetings/{ref}/calendar/").status_code == 404
    for path in (f"polls/{ref}/votes/", "new-poll/", "new-meeting/", f"meetings/{ref}/minutes/"):
        assert supplier.client.get(f"/supplier/{path}").status_code == 404


def test_a_meeting_is_called_answered_moved_and_taken_into_a_calendar(trade):
    operator, ref = called(trade)
    buyer = trade.at(trade.buyer.actor, "zh-hans")
    assert "春季商品" in buyer.open("").partition('id="calendar"')[2]
    text = buyer.open(f"meetings/{ref}/")
    assert f"{day(3)} 14:00–15:30（柏林时间，UTC+" in text and "（北京时间，UTC+08:00）" in text
    buyer.send("answer", answer="yes", guests="李伟")
    assert "李伟" in operator.open(f"meetings/{ref}/?state=yes")
    file = buyer.client.get(f"/buyer/meetings/{ref}/calendar/")
    text = file.content.decode().replace("\r\n ", "")
    assert file["Content-Type"].startswith("text/calendar") and "SUMMARY:春季商品" in text and "SEQUENCE:0" in text
    operator.open(f"meetings/{ref}/")
    operator.send("move", place="Room 4")
    assert "SEQUENCE:1" in buyer.client.get(f"/buyer/meetings/{ref}/calendar/").content.decode()
    operator.send("call-off")
    assert "STATUS:CANCELLED" in buyer.client.get(f"/buyer/meetings/{ref}/calendar/").content.decode()
    assert 'id="answer"' not in buyer.open(f"meetings/{ref}/")


def test_minutes_are_written_acknowledged_and_corrected(trade, clock):
    operator, ref = called(trade)
    assert "/minutes/" not in operator.open(f"meetings/{ref}/") and "/calendar/" in operator.text
    begins = queries.get_meeting(operator.actor, ref).row.begins_at
    clock.at = begins
    text = operator.open(f"meetings/{ref}/")
    assert f"/operator/meetings/{ref}/minutes/" in text and "/calendar/" in text  # it has begun
    clock.move(days=2)
    assert "/calendar/" not in operator.open(f"meetings/{ref}/")  # it is over
    operator.open(f"meetings/{ref}/minutes/")
    said = {"text.en": "We met.", "text.zh-hans": "会议如期召开。",
            "decisions.en": "Prices hold", "decisions.zh-hans": "价格不变"}  # fmt: skip
    task = {"tasks.0.words.en": "Send samples", "tasks.0.words.zh-hans": "寄样", "tasks.0.who": "Lin"}
    form = operator.form("minutes")
    assert 'id="minutes-tasks.0.until-error"' in operator.post(form, 422, **said, **task)
    operator.post(form, **said, **task, **{"tasks.0.until": "2027-01-31"})
    buyer = trade.at(trade.buyer.actor)
    text = buyer.open(f"meetings/{ref}/")
    assert "Prices hold" in text and "2027-01-31" in text
    (told,) = queries.announcements_waiting(trade.buyer.actor)
    assert "1. Send samples (Lin, until 2027-01-31)" in buyer.open(f"announcements/{told.ref}/")
    buyer.send("acknowledge")
    operator.open(f"meetings/{ref}/minutes/")
    assert operator.form("minutes").values["tasks.0.who"] == "Lin"
    operator.send("minutes", **{"text.en": "We met twice."})
    assert "Minutes, version 2" in operator.text and "Minutes, version 1" in operator.text
    text = buyer.open(f"meetings/{ref}/")
    assert "We met twice." in text and "version 1" not in text
    assert [row.ref for row in queries.announcements_waiting(trade.buyer.actor)] != [told.ref]


def test_refusals_of_a_meeting_stand_at_their_fields(trade):
    operator = trade.at(trade.market.operator.actor)
    operator.open("new-meeting/")
    form = operator.form("call-meeting")
    good = {**MEETING, "begins_at": day(3)}
    for wrong, field in (
        ({"place": ""}, "place"),
        ({"link": "http://example.test"}, "link"),
        ({"begins_at": day(-3)}, "begins_at"),
        ({"ends_at.time": "13:00"}, "ends_at"),
        ({"begins_at.time": "25:00"}, "begins_at.time"),
        ({"subject.zh-hans": ""}, "subject.zh-hans"),
    ):
        assert f'id="call-meeting-{field}-error"' in operator.post(form, 422, **{**good, **wrong}), field


def test_notices_lead_to_what_they_tell(trade):
    operator, ref = called(trade)
    _operator, poll = asked(trade)
    buyer = trade.at(trade.buyer.actor)
    text = buyer.open("notices/")
    assert "You are invited to a meeting." in text and f"/buyer/meetings/{ref}/" in text
    assert "a poll waits for your vote" in text and f"/buyer/polls/{poll}/" in text
    commands.withdraw_poll(trade.market.operator.actor, poll)
    assert poll not in buyer.open("notices/")
    buyer.open(f"meetings/{ref}/")
    buyer.send("answer", answer="no")
    assert "A company has answered the invitation to a meeting." in operator.open("notices/")
