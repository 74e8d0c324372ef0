"""Tickets and announcements, through their routes: part of the story in test_routes."""

from typing import Any

from trivium.api.tests.scene import body_of


def told(story: Any) -> None:
    """A ticket goes to and fro, and everybody is told something they have to acknowledge."""
    ask = story.ask
    ref = ask("buyer", "POST", "/tickets")["ref"]
    assert ask("buyer", "GET", "/tickets/{ref}", ticket=ref)["about_ref"] == story.refs["order"]
    ask("operator", "POST", "/tickets/{ref}/take", ticket=ref)
    ask("operator", "POST", "/tickets/{ref}/answer", {"text": "Which ones?", "asks_back": True}, ticket=ref)
    ask("buyer", "POST", "/tickets/{ref}/reply", ticket=ref)
    ask("operator", "POST", "/tickets/{ref}/close", ticket=ref)
    ask("buyer", "POST", "/tickets/{ref}/reopen", ticket=ref)
    shown = ask("operator", "GET", "/tickets/{ref}", ticket=ref)
    assert [said["act"] for said in shown["words"]] == ["open", "take", "ask_back", "reply", "close", "reopen"]
    assert shown["state"] == "open"
    given = ask("supplier", "POST", "/feedback")["ref"]
    assert [row["ref"] for row in ask("supplier", "GET", "/tickets")["items"]] == [given]
    body = {**body_of("POST", "/announcements", story.refs), "must_acknowledge": True}
    news = ask("operator", "POST", "/announcements", body)["ref"]
    ask("buyer", "POST", "/announcements/{ref}/open", announcement=news)
    ask("buyer", "POST", "/announcements/{ref}/acknowledge", announcement=news)
    shown = ask("buyer", "GET", "/announcements/{ref}", announcement=news)
    assert (shown["text"]["en"], shown["opened"], shown["acknowledged"]) == ("Be fair.", True, True)
    assert news in [row["ref"] for row in ask("buyer", "GET", "/announcements")["items"]]
    readers = ask("operator", "GET", "/announcements/{ref}/readers", announcement=news)["items"]
    assert [(row["role"], row["acknowledged_at"] is not None) for row in readers].count(("buyer", True)) == 1
    ask("operator", "POST", "/announcements/{ref}/withdraw", announcement=news)
