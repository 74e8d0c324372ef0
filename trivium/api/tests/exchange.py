"""Polls and meetings through the API: asked, voted, changed, counted; called, answered, moved, minuted."""

import datetime as dt
from typing import Any

from trivium.api.tests.scene import body_of
from trivium.core.time import SettableClock, now, use_clock


def tell_of_polls(story: Any) -> None:
    ask, refs = story.ask, story.refs
    poll = ask("operator", "POST", "/polls", {**body_of("POST", "/polls", refs), "results_shown": "voted"})["ref"]
    assert poll in [row["ref"] for row in ask("buyer", "GET", "/polls")["items"]]
    refused = story.scene.callers["buyer"].get(f"/polls/{poll}/results")
    assert (refused.status, refused.data["error"]["code"]) == (403, "poll.results_hidden")
    assert ask("buyer", "POST", "/polls/{ref}/vote", poll=poll)["number"] == 1
    assert ask("buyer", "POST", "/polls/{ref}/vote", {"choices": [1]}, poll=poll)["number"] == 2
    shown = ask("buyer", "GET", "/polls/{ref}", poll=poll)
    assert [option["is_chosen"] for option in shown["options"]] == [False, True] and shown["is_asked"]
    results = ask("buyer", "GET", "/polls/{ref}/results", poll=poll)
    assert results["voted"] == 1 and [each["votes"] for each in results["options"]] == [0, 1]
    votes = ask("operator", "GET", "/polls/{ref}/votes", poll=poll)["items"]
    assert [(vote["number"], vote["choices"][0]["en"]) for vote in votes] == [(2, "Friday")]
    ask("operator", "POST", "/polls/{ref}/close", poll=poll)
    over = story.scene.callers["buyer"].write("POST", f"/polls/{poll}/vote", {"choices": [0]})
    assert (over.status, over.data["error"]["code"]) == (409, "poll.over")
    hidden = story.scene.callers["supplier"].get(f"/polls/{poll}")
    assert hidden.status == 404
    ask("operator", "POST", "/polls/{ref}/withdraw", poll=poll)
    assert story.scene.callers["buyer"].get(f"/polls/{poll}").status == 404


def tell_of_first_steps(story: Any) -> None:
    for role in ("operator", "supplier", "partner", "buyer"):
        steps = story.ask(role, "GET", "/first-steps")["items"]
        assert steps and all(step["at"] is None and step["why"] for step in steps)
        for step in steps:
            story.ask(role, "POST", "/first-steps", {"step": step["step"]})
        assert all(step["at"] and step["by"] for step in story.ask(role, "GET", "/first-steps")["items"])
    refused = story.scene.callers["buyer"].write("POST", "/first-steps", {"step": "goods"})
    assert (refused.status, refused.data["error"]["code"]) == (422, "onboarding.unknown_step")


def tell_of_meetings(story: Any) -> None:
    ask, refs = story.ask, story.refs
    meeting, other = (ask("operator", "POST", "/meetings")["ref"] for _ in range(2))
    assert meeting in [row["ref"] for row in ask("buyer", "GET", "/meetings")["items"]]
    ask("buyer", "POST", "/meetings/{ref}/answer", meeting=meeting)
    begins = now() + dt.timedelta(days=5)
    moved = {"begins_at": begins.isoformat(), "ends_at": (begins + dt.timedelta(hours=1)).isoformat(),
             "zone": "Europe/Berlin", "link": "https://example.test/room"}  # fmt: skip
    ask("operator", "POST", "/meetings/{ref}/move", moved, meeting=meeting)
    shown = ask("buyer", "GET", "/meetings/{ref}", meeting=meeting)
    assert (shown["zone"], shown["sequence"], shown["answer"], shown["guests"]) == ("Europe/Berlin", 1, "yes", "Li")
    file = ask("buyer", "GET", "/meetings/{ref}/meeting.ics", meeting=meeting)
    assert f"DTSTART:{begins:%Y%m%dT%H%M%SZ}\r\n" in file and "SEQUENCE:1" in file and "METHOD:PUBLISH" in file
    answers = ask("operator", "GET", "/meetings/{ref}/answers", meeting=meeting)["items"]
    assert [row["guests"] for row in answers if row["answer"] == "yes"] == ["Li"]
    ask("operator", "POST", "/meetings/{ref}/call-off", meeting=other)
    assert "METHOD:CANCEL" in ask("buyer", "GET", "/meetings/{ref}/meeting.ics", meeting=other)
    assert story.scene.callers["supplier"].get(f"/meetings/{other}/meeting.ics").status == 404
    early = story.scene.callers["operator"].write(
        "POST", f"/meetings/{meeting}/minutes", body_of("POST", "/meetings/{ref}/minutes", refs)
    )
    assert (early.status, early.data["error"]["code"]) == (409, "meeting.not_begun")
    assert story.scene.callers["supplier"].get(f"/meetings/{meeting}").status == 404
    with use_clock(SettableClock(begins + dt.timedelta(hours=2))):
        told = ask("operator", "POST", "/meetings/{ref}/minutes", meeting=meeting)["ref"]
        shown = ask("buyer", "GET", "/meetings/{ref}", meeting=meeting)
        assert shown["state"] == "held" and shown["minutes"][0]["announcement_ref"] == told
        assert shown["minutes"][0]["tasks"][0]["until"] == "2027-01-31"
        ask("buyer", "POST", "/announcements/{ref}/acknowledge", announcement=told)
