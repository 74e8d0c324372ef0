"""What a company says of itself, through its routes: part of the story in test_routes."""

from typing import Any


def told(story: Any) -> None:
    """A supplier changes its particulars, and the operator decides on what others rely on."""
    ask = story.ask
    own = ask("supplier", "GET", "/company")
    assert ask("supplier", "PATCH", "/company", {"seen": own["version"], "address": "1 Keyuan Road"})["changed"] == 1
    stale = story.scene.callers["supplier"].write("PATCH", "/company", {"seen": own["version"], "address": "2"})
    assert (stale.status, stale.code) == (409, "parties.changed_meanwhile")
    contact = ask("supplier", "POST", "/contacts")["ref"]
    ask("supplier", "PUT", "/contacts/{ref}", contact=contact)
    ask("supplier", "POST", "/contacts/{ref}/remove", contact=contact)
    bank = ask("supplier", "POST", "/change-requests")["ref"]
    assert ask("supplier", "GET", "/change-requests")["items"][0]["wanted"]["account"] == "•••• 0123"
    ask("operator", "POST", "/change-requests/{ref}/approve", change=bank)
    assert ask("supplier", "GET", "/company")["account"] == "•••• 0123"
    ask("operator", "POST", "/change-requests/{ref}/decline")
    again = {"kind": "legal_name", "seen": 10**9, "reason": "again", "legal_name": "Once more"}
    made_again = ask("supplier", "POST", "/change-requests", again)["ref"]
    ask("supplier", "POST", "/change-requests/{ref}/withdraw", change=made_again)
