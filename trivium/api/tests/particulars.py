"""What a company says of itself, through its routes: part of the story in test_routes."""

from typing import Any

from trivium.api.tests.scene import body_of


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
    assert ask("supplier", "GET", "/change-requests")["items"][0]["results"] == []
    results = ask("operator", "GET", "/change-requests")["items"][0]["results"]
    assert [(each["rule"], each["version"], each["is_met"]) for each in results] == [
        ("account", 1, True), ("blocklist", 1, True)]  # fmt: skip
    ask("operator", "POST", "/change-requests/{ref}/approve", change=bank)
    assert ask("supplier", "GET", "/company")["account"] == "•••• 0123"
    ask("operator", "POST", "/change-requests/{ref}/decline")
    licence = ask("supplier", "POST", "/company-papers")["ref"]
    ask("operator", "POST", "/company-papers/{ref}/approve", company_paper=licence)
    body = {**body_of("POST", "/company-papers", {}), "replaces_ref": licence, "expires_on": "2999-12-31"}
    renewed = ask("supplier", "POST", "/company-papers", body)["ref"]
    assert ask("operator", "GET", "/company-papers")["items"][0]["replaces_ref"] == licence
    assert ask("operator", "GET", "/company-papers/{ref}/file", company_paper=renewed)["content"] == body["content"]
    ask("operator", "POST", "/company-papers/{ref}/decline", company_paper=renewed)
    states = [row["status"] for row in ask("supplier", "GET", "/company-papers")["items"]]
    assert states[:2] == ["declined", "in_force"]
    other = ask("supplier", "POST", "/company-papers")["ref"]
    ask("supplier", "POST", "/company-papers/{ref}/withdraw", company_paper=other)
    again = {"kind": "legal_name", "seen": 10**9, "reason": "again", "legal_name": "Once more"}
    made_again = ask("supplier", "POST", "/change-requests", again)["ref"]
    ask("supplier", "POST", "/change-requests/{ref}/withdraw", change=made_again)
