"""The routes about what companies are inside, and what partners may: a part of the story of all routes."""

from typing import Any


def inside(story: Any) -> None:
    """People, departments, cost centres and rules of a company."""
    ask = story.ask
    rule = ask("buyer", "POST", "/order-rules")["ref"]
    ask("buyer", "PUT", "/order-rules/{ref}", order_rule=rule)
    assert [row["name"] for row in ask("buyer", "GET", "/order-rules")["items"]] == ["", "Large", "Huge"]
    ask("buyer", "POST", "/order-rules/{ref}/end", order_rule=rule)
    assert [row["ref"] for row in ask("buyer", "GET", "/deputies")["items"]] == [story.refs["deputy"]]
    ask("buyer", "POST", "/deputies/{ref}/end")
    deputy = ask("buyer", "POST", "/deputies")["ref"]
    assert [row["ends_on"] for row in ask("buyer", "GET", "/deputies")["items"]] == [None]
    ask("buyer", "POST", "/deputies/{ref}/end", deputy=deputy)
    invitation = ask("buyer", "POST", "/people/invitations")["ref"]
    assert [row["ref"] for row in ask("buyer", "GET", "/people/invitations")["items"]] == [invitation]
    ask("buyer", "POST", "/people/invitations/{ref}/withdraw", invitation=invitation)
    department = ask("supplier", "POST", "/departments")["ref"]
    ask("supplier", "PUT", "/departments/{ref}", department=department)
    assert ask("supplier", "GET", "/departments")["items"][0]["name"] == "Buying"
    centre = ask("supplier", "POST", "/cost-centres")["ref"]
    ask("supplier", "PUT", "/cost-centres/{ref}", cost_centre=centre)
    assert [row["code"] for row in ask("supplier", "GET", "/cost-centres")["items"]] == ["100", "201"]
    ask("supplier", "POST", "/departments/{ref}/end", department=department)
    ask("supplier", "POST", "/cost-centres/{ref}/end", cost_centre=centre)
    ask("supplier", "PUT", "/people/{ref}")
    (changed,) = [row for row in ask("supplier", "GET", "/people")["items"] if row["ref"] == story.refs["colleague"]]
    assert (changed["job"], changed["spending_limit"]) == ("finance", "100.00")
    ask("supplier", "POST", "/people/{ref}/remove")
    assert story.refs["colleague"] not in [row["ref"] for row in ask("supplier", "GET", "/people")["items"]]


def belonging(story: Any) -> None:
    """Whose buyer it is and will be; and who of the operator was in a company's workspace."""
    ask, refs = story.ask, story.refs
    own = [row for row in ask("operator", "GET", "/cutovers")["items"] if row["ref"] == refs["cutover"]]
    assert [(row["way"], row["state"], row["reason"]) for row in own] == [("moves", "coming", "territory")]
    (goes,) = ask("partner", "GET", "/cutovers")["items"]
    assert (goes["way"], goes["before_ref"], goes["partner_ref"], goes["reason"]) == ("goes", refs["partner"], None, "")
    ends = {row["buyer_ref"]: row["ends_at"] for row in ask("partner", "GET", "/buyers")["items"]}
    assert ends[refs["buyer"]] == goes["starts_at"]
    periods = ask("operator", "GET", "/organizations/{ref}/partners", organization=refs["buyer"])["items"]
    assert [row["state"] for row in periods] == ["coming", "in_force"]
    ask("operator", "POST", "/cutovers/{ref}/withdraw")
    assert ask("buyer", "GET", "/cutovers")["items"][0]["state"] == "withdrawn"
    (entry,) = ask("supplier", "GET", "/entries")["items"]
    assert (entry["ref"], entry["person"], entry["done"]) == (refs["entry"], "Lin Yue", 0)
    assert ask("supplier", "GET", "/entries/{ref}")["steps"] == []


def grades(story: Any) -> None:
    """What the operator lets a partner do."""
    ask, partner = story.ask, story.refs["partner"]
    grade = ask("operator", "POST", "/partner-grades")["ref"]
    ask("operator", "PUT", "/partner-grades/{ref}", grade=grade)
    assert ask("operator", "GET", "/partner-grades")["items"][-1]["name"] == {"en": "Gold"}
    said = story.scene.callers["operator"].get("/partner-grades/suggestion", size="large", volume="10.00")
    assert said.data["grade_ref"] in story.scene.grades
    ask("operator", "PUT", "/organizations/{ref}/grade", {"grade_ref": grade}, organization=partner)
    assert "price.view" not in ask("partner", "GET", "/me")["permissions"]
    ask("operator", "PUT", "/organizations/{ref}/grade", organization=partner)
    assert "price.view" in ask("partner", "GET", "/me")["permissions"]
    ask("operator", "POST", "/partner-grades/{ref}/end", grade=grade)
