"""The part of the story of all routes in which a company applies for further roles."""

from typing import Any

from trivium.api.tests.caller import Caller
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
    for role, act in (("supplier", "withdraw"), ("operator", "reject"), ("operator", "approve")):
        other = ask("supplier", "POST", "/applications")["ref"]
        if act != "withdraw":
            version = ask("supplier", "GET", "/applications/{ref}", application=other)["version"]
            more = {"territory": ["440000"], "expected_monthly": "100000.00", "currency": "CNY"}
            ask("supplier", "PATCH", "/applications/{ref}", {"version": version, **more}, application=other)
            ask("supplier", "POST", "/applications/{ref}/papers",
                {**body_of("POST", "/applications/{ref}/papers", {}), "kind": "business_licence"}, application=other)
            ask("supplier", "POST", "/applications/{ref}/submit", application=other)
        if act == "approve":
            _approved_with_a_contract(story, other)
        else:
            ask(role, "POST", f"/applications/{{ref}}/{act}", application=other)


def _approved_with_a_contract(story: Any, application: str) -> None:
    """The share plan is attached in the act of approval, by a key that may propose contracts as well."""
    operator = story.scene.market.operator.actor
    terms = {"mode": "commission", "clauses": [{"bands": [{"from": 0, "percent": "8"}]}]}
    path, body = f"/applications/{application}/approve", {"words": "Welcome", "contract_terms": terms}
    refused = Caller.of(operator, scopes=["applications:write"]).write("POST", path, body)
    assert (refused.status, refused.code) == (403, "request.scope_missing")
    made = story.ask("operator", "POST", "/applications/{ref}/approve", body, application=application)
    contract = story.ask("operator", "GET", "/share-contracts/{ref}", contract=made["contract_ref"])
    assert contract["kind"] == "operator_partner" and not contract["is_complete"]
