"""The part of the story of all routes in which a company applies for further roles."""

from typing import Any

from trivium.api.tests.scene import body_of


def tell_of_applications(story: Any) -> None:
    """A company applies as buyer and as partner; one is admitted, one withdrawn, one rejected."""
    ask = story.ask
    ref = story.refs["application"]
    assert ask("supplier", "POST", "/applications", {"role": "buyer"})["ref"] == ref
    assert ask("supplier", "GET", "/applications")["items"][0]["ref"] == ref
    assert ask("operator", "GET", "/applications")["items"] == []
    version = ask("supplier", "GET", "/applications/{ref}")["version"]
    saved = ask("supplier", "PATCH", "/applications/{ref}", {"version": version, "name": "云启"})
    assert saved["version"] == version + 1
    paper = ask("supplier", "POST", "/applications/{ref}/papers")["ref"]
    ask("supplier", "POST", "/papers/{ref}/remove", paper=paper)
    ask("supplier", "POST", "/applications/{ref}/submit")
    ask("operator", "POST", "/applications/{ref}/ask")
    ask("supplier", "POST", "/applications/{ref}/submit")
    rule = ask("operator", "PUT", "/screening-rules/{code}")
    assert rule["version"] == 2
    held = {each["code"]: each["version"] for each in ask("operator", "GET", "/screening-rules")["items"]}
    assert (held["expiry"], held["checksum"]) == (2, 1)
    ask("operator", "POST", "/blocklist")
    assert ask("operator", "GET", "/blocklist")["items"][0]["value"] == "fraud.example"
    seen = ask("operator", "GET", "/applications/{ref}")
    assert seen["bank_account"].endswith("0123") and all(each["is_met"] for each in seen["results"])
    admitted = ask("operator", "POST", "/applications/{ref}/approve")
    assert admitted["organization_ref"] == story.scene.mine.supplier.ref
    for role, act in (("supplier", "withdraw"), ("operator", "reject")):
        other = ask("supplier", "POST", "/applications")["ref"]
        if act == "reject":
            version = ask("supplier", "GET", "/applications/{ref}", application=other)["version"]
            more = {"territory": ["440000"], "expected_monthly": "100000.00", "currency": "CNY"}
            ask("supplier", "PATCH", "/applications/{ref}", {"version": version, **more}, application=other)
            ask("supplier", "POST", "/applications/{ref}/papers",
                {**body_of("POST", "/applications/{ref}/papers", {}), "kind": "business_licence"}, application=other)
            ask("supplier", "POST", "/applications/{ref}/submit", application=other)
        ask(role, "POST", f"/applications/{{ref}}/{act}", application=other)
