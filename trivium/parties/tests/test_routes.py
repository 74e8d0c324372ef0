"""Approvals of orders: which rules ask, whom, in which order; who decides when somebody is missing."""


import pytest
from django.db import transaction

from trivium.core.errors import Denied, Empty, NotFound, Refusal
from trivium.core.models import EventRecord
from trivium.core.money import BadAmount
from trivium.core.quantity import BadQuantity
from trivium.parties import commands, queries
from trivium.parties.commands import NewOrderRule, Place
from trivium.parties.errors import (
    AlreadyDecided,
    BadApprover,
    BadIfNobody,
    NameTaken,
    NobodyDecides,
    NotYourTurn,
    OwnRequest,
    StillUsed,
    UnknownScope,
)
from trivium.parties.models import Approval, ApprovalRule, ApprovalStep
from trivium.parties.tests.factories import make_actor, make_organization
from trivium.parties.tests.office import Office, turns


def test_approvers_are_asked_one_after_the_other(office: Office) -> None:
    office.rule((office.li, None), (office.wang, None))
    assert office.ask(999) is None
    approval = office.ask()
    assert approval and (approval.needed, approval.why) == (2, "Large")
    assert turns(office) == ["li"]
    for actor in (office.wang, office.boss):
        with pytest.raises(NotYourTurn), transaction.atomic():
            commands.decide(actor, approval.ref, yes=True)
    assert commands.decide(office.li, approval.ref, yes=True) == "waiting"
    assert turns(office) == ["wang"]
    with pytest.raises(AlreadyDecided), transaction.atomic():
        commands.decide(office.li, approval.ref, yes=True)
    assert commands.decide(office.wang, approval.ref, yes=True) == "approved"
    assert list(queries.faults()) == []
    decided = ApprovalStep.objects.order_by("position").values_list("decided_by_id", flat=True)
    assert list(decided) == [office.li.user_id, office.wang.user_id]


def test_one_no_ends_it(office: Office) -> None:
    office.rule((office.li, None), (office.wang, None))
    approval = office.ask()
    assert approval and commands.decide(office.li, approval.ref, yes=False) == "declined"
    assert turns(office) == [] and list(queries.faults()) == []


def test_a_deputy_decides_in_the_approvers_stead(office: Office) -> None:
    office.rule((office.li, office.wang))
    approval = office.ask()
    assert approval and turns(office) == ["li", "wang"]
    assert commands.decide(office.wang, approval.ref, yes=True) == "approved"


def test_nobody_approves_their_own_order_and_the_deputy_or_boss_does(office: Office) -> None:
    office.rule((office.li, None))
    approval = office.ask(who=office.li)
    assert approval and turns(office) == ["boss"]
    with pytest.raises(OwnRequest), transaction.atomic():
        commands.decide(office.li, approval.ref, yes=True)
    assert commands.decide(office.boss, approval.ref, yes=True) == "approved"


def test_one_person_named_twice_gives_one_word(office: Office) -> None:
    office.rule((office.li, office.boss), (office.wang, None))
    commands.change_place(office.boss, office.wang.user_ref, Place("requester"))
    approval = office.ask()
    assert approval and commands.decide(office.boss, approval.ref, yes=True) == "approved"
    assert ApprovalStep.objects.filter(fell_away=True).count() == 1 and list(queries.faults()) == []


@pytest.mark.parametrize("how", ["leaves", "demoted", "suspended"])
def test_an_approver_who_is_gone_holds_up_nothing(office: Office, how: str) -> None:
    office.rule((office.li, None))
    approval = office.ask()
    assert approval
    if how == "leaves":
        commands.remove_person(office.boss, office.li.user_ref)
        assert [e.subject for e in EventRecord.objects.filter(name="ApprovalRerouted")] == ["ord_1"]
    elif how == "demoted":
        commands.change_place(office.boss, office.li.user_ref, Place("requester"))
    else:
        person = queries.person(office.li.user_id or 0)
        person.is_active = False
        person.save(update_fields=["is_active"])
    assert turns(office) == ["boss"]
    assert commands.decide(office.boss, approval.ref, yes=True) == "approved"


def test_a_leavers_approvals_go_to_the_deputy_and_then_to_who_takes_over(office: Office) -> None:
    office.rule((office.li, office.wang))
    office.ask()
    commands.remove_person(office.boss, office.li.user_ref)
    assert turns(office) == ["wang"]
    commands.remove_person(office.boss, office.wang.user_ref, to_ref=office.boss.user_ref)
    assert turns(office) == ["boss"]
    assert EventRecord.objects.filter(name="PersonLeft").order_by("id")[0].data["approvals"] == 1


def decided(office: Office) -> list[tuple[str, bool]]:
    return [(e.subject, e.data["approved"]) for e in EventRecord.objects.filter(name="ApprovalDecided")]


def test_a_leavers_step_does_not_come_back_to_who_has_said_yes_already(office: Office) -> None:
    office.rule((office.boss, None), (office.li, None))
    approval = office.ask()
    assert approval and commands.decide(office.boss, approval.ref, yes=True) == "waiting"
    commands.remove_person(office.boss, office.wang.user_ref)
    assert turns(office) == ["li"]
    commands.remove_person(office.boss, office.li.user_ref)
    assert decided(office) == [("ord_1", True)] and list(queries.faults()) == []


@pytest.mark.parametrize("how", ["leaves", "demoted"])
@pytest.mark.parametrize("first", [True, False])
def test_where_two_words_are_asked_of_anybody_a_leaver_holds_up_nothing(office: Office, how: str, first: bool) -> None:
    commands.remove_person(office.boss, office.wang.user_ref)
    commands.set_approval_rule(office.boss, organization_ref=office.company.ref, threshold=1000, currency="CNY",
                               needed=2)  # fmt: skip
    approval = office.ask()
    assert approval and approval.needed == 2
    if first:
        assert commands.decide(office.boss, approval.ref, yes=True) == "waiting"
    if how == "leaves":
        commands.remove_person(office.boss, office.li.user_ref)
    else:
        commands.change_place(office.boss, office.li.user_ref, Place("requester"))
    if not first:
        assert decided(office) == []
        assert commands.decide(office.boss, approval.ref, yes=True) == "approved"
    assert decided(office) == [("ord_1", True)] and list(queries.faults()) == []


def test_a_leaver_who_was_not_needed_lowers_nothing(office: Office) -> None:
    commands.set_approval_rule(office.boss, organization_ref=office.company.ref, threshold=1000, currency="CNY",
                               needed=2)  # fmt: skip
    approval = office.ask()
    commands.remove_person(office.boss, office.wang.user_ref)
    approval.refresh_from_db()
    assert approval.needed == 2 and decided(office) == []


def test_a_named_word_and_anybodys_are_not_waited_for_twice_of_one_person(office: Office) -> None:
    office.rule((office.boss, None))
    office.rule(name="Any", threshold=1000)
    for gone in (office.li, office.wang):
        commands.remove_person(office.boss, gone.user_ref)
    approval = office.ask()
    assert approval and approval.needed == 2
    assert commands.decide(office.boss, approval.ref, yes=True) == "approved" and list(queries.faults()) == []


@pytest.mark.parametrize(("way", "result"), [("refuse", NobodyDecides), ("pass", None), ("wait", "waiting")])
def test_if_nobody_else_is_there_the_rule_says_what_happens(office: Office, way: str, result: object) -> None:
    office.rule((office.li, None), if_nobody=way)
    for actor in (office.li, office.wang, office.chen):
        commands.remove_person(office.boss, actor.user_ref)
    if result is NobodyDecides:
        with pytest.raises(NobodyDecides), transaction.atomic():
            office.ask(who=office.boss)
        assert not Approval.objects.exists()
    else:
        approval = office.ask(who=office.boss)
        assert (approval.status if approval else None) == result


def test_a_spending_limit_asks_whoever_decides(office: Office) -> None:
    commands.change_place(office.boss, office.chen.user_ref, Place("requester", spending_limit=500))
    assert office.ask(500) is None
    approval = office.ask(501)
    assert approval and approval.why == "limit" and turns(office) == ["boss", "li", "wang"]
    assert office.ask(501, who=office.li, subject="ord_2") is None
    assert commands.decide(office.li, approval.ref, yes=True) == "approved"


def test_the_plain_rule_goes_on_as_before_beside_the_others(office: Office) -> None:
    commands.set_approval_rule(
        office.boss, organization_ref=office.company.ref, threshold=100, currency="CNY", needed=2
    )
    approval = office.ask(100)
    assert approval and (approval.needed, ApprovalStep.objects.count()) == (2, 0)
    office.rule((office.li, None))
    both = office.ask(1000, subject="ord_2")
    assert both and (both.needed, ApprovalStep.objects.count()) == (3, 3)
    for actor in (office.li, office.wang, office.boss):
        status = commands.decide(actor, both.ref, yes=True)
    assert status == "approved" and list(queries.faults()) == []


# -- setting rules -----------------------------------------------------------------------------------------------------


def test_rules_are_set_changed_and_ended(office: Office) -> None:
    centre = commands.keep_cost_centre(office.boss, code="10", name="Food")
    commands.register_scope("tools")
    ref = office.rule((office.li, office.wang), scope="tools", budget_code="Q1", cost_centre_ref=centre, position=3)
    (row,) = queries.order_rules(office.boss)
    assert (row.scope, row.budget_code, row.cost_centre, row.position) == ("tools", "Q1", "10 Food", 3)
    assert row.approvers[0][0::2] == (office.li.user_ref, office.wang.user_ref)
    with pytest.raises(StillUsed), transaction.atomic():
        commands.end_cost_centre(office.boss, centre)
    commands.keep_order_rule(office.boss, NewOrderRule("Larger", 2000, needed=2), ref)
    assert queries.order_rules(office.boss)[0].approvers == ()
    commands.end_order_rule(office.boss, ref)
    assert queries.order_rules(office.boss) == [] and office.ask(10**6) is None
    with pytest.raises(NotFound), transaction.atomic():
        commands.end_order_rule(office.boss, ref)
    office.rule()


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"name": " "}, Empty),
        ({"name": "LARGE"}, NameTaken),
        ({"threshold": -1}, BadAmount),
        ({"needed": 0}, BadQuantity),
        ({"position": -1}, BadQuantity),
        ({"if_nobody": "pray"}, BadIfNobody),
        ({"scope": "tool"}, UnknownScope),
        ({"department_ref": "dep_nothing"}, NotFound),
        ({"cost_centre_ref": "cct_nothing"}, NotFound),
        ({"approvers": (("usr_nobody", ""),)}, NotFound),
        ({"approvers": (("li", "usr_nobody"),)}, NotFound),
        ({"approvers": (("chen", ""),)}, BadApprover),
        ({"approvers": (("li", "chen"),)}, BadApprover),
        ({"approvers": (("li", "li"),)}, BadApprover),
        ({"approvers": (("li", ""), ("li", ""))}, BadApprover),
        ({"approvers": (("", "li"),)}, BadApprover),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(office: Office, values: dict, refusal: type[Refusal]) -> None:
    office.rule()
    people = {name: getattr(office, name).user_ref for name in ("li", "chen")}
    pairs = tuple(tuple(people.get(each, each) for each in pair) for pair in values.get("approvers", ()))
    with pytest.raises(refusal), transaction.atomic():
        given_ = {"name": "N", "threshold": 1, **values, "approvers": pairs}
        commands.keep_order_rule(office.boss, NewOrderRule(**given_))
    assert ApprovalRule.objects.count() == 1


def test_only_the_companys_own_administrators_set_rules(office: Office) -> None:
    ref = office.rule()
    stranger = make_actor(make_organization("Other", "buyer"), "buyer")
    with pytest.raises(NotFound), transaction.atomic():
        commands.end_order_rule(stranger, ref)
    with pytest.raises(NotFound), transaction.atomic():
        commands.keep_order_rule(stranger, NewOrderRule("N", 1), ref)
    for actor in (office.li, office.chen, make_actor(make_organization("Sanhui", "operator"), "operator")):
        for act in (
            lambda actor=actor: commands.keep_order_rule(actor, NewOrderRule("N", 1)),
            lambda actor=actor: commands.end_order_rule(actor, ref),
            lambda actor=actor: queries.order_rules(actor),
        ):
            with pytest.raises(Denied), transaction.atomic():
                act()


def test_every_change_of_a_rule_and_of_what_a_company_is_inside_is_told(office: Office) -> None:
    ref = office.rule((office.li, None))
    commands.keep_order_rule(office.boss, NewOrderRule("Larger", 2000, needed=2), ref)
    commands.keep_department(office.boss, name="Purchasing")
    rows = queries.company_history(office.boss, office.company.ref).rows
    told = [(row.change.kind, row.change.field, row.change.old, row.change.new) for row in rows]
    assert ("approval_rule", "threshold", "10.00 CNY", "20.00 CNY") in told
    assert ("approval_step", "approver_id", office.li.user_ref, None) in told
    assert ("department", "name", None, "Purchasing") in told
