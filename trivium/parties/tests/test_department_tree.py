"""Departments lie below each other: no circle, not too deep; rules of a department hold for those below it."""

import pytest
from django.db import IntegrityError, transaction

from trivium.core.actor import Actor
from trivium.core.errors import NotFound, Refusal
from trivium.parties import commands, queries
from trivium.parties.commands import Place
from trivium.parties.errors import BelowItself, StillUsed, TooDeepInside
from trivium.parties.models import Department
from trivium.parties.rules import MAX_DEPTH, OrderFacts, OrderRule, applies, height, way_up
from trivium.parties.tests.factories import make_actor, make_organization
from trivium.parties.tests.office import Office, turns

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> Actor:
    return make_actor(make_organization("Yuelai", "buyer"), "buyer")


def found(boss: Actor, *names: str, under: str = "") -> list[str]:
    """Departments below each other, the first below `under`; their references."""
    refs = [under]
    for name in names:
        refs.append(commands.keep_department(boss, name=name, parent_ref=refs[-1]))
    return refs[1:]


def tree(boss: Actor) -> list[str]:
    return [row.indented for row in queries.departments(boss)]


def test_the_tree_is_read_each_before_those_below_it(boss: Actor) -> None:
    (sales, _inland) = found(boss, "Sales", "Inland")
    found(boss, "Abroad", under=sales)
    found(boss, "Board")
    assert tree(boss) == ["Board", "Sales", "– Abroad", "– Inland"]
    assert [row.parent_ref for row in queries.departments(boss)] == ["", "", sales, sales]


def test_a_department_moves_with_those_below_it(boss: Actor) -> None:
    _sales, inland, _north = found(boss, "Sales", "Inland", "North")
    (trade,) = found(boss, "Trade")
    commands.keep_department(boss, name="Inland", parent_ref=trade, ref=inland)
    assert tree(boss) == ["Sales", "Trade", "– Inland", "– – North"]
    commands.keep_department(boss, name="Inland", ref=inland)
    assert tree(boss) == ["Inland", "– North", "Sales", "Trade"]


def test_no_circle_and_at_most_five_deep(boss: Actor) -> None:
    refs = found(boss, *"abcde")
    (other, below) = found(boss, "x", "y")
    for values, refusal in (
        ({"name": "f", "parent_ref": refs[-1]}, TooDeepInside),
        ({"name": "x", "parent_ref": refs[3], "ref": other}, TooDeepInside),
        ({"name": "a", "parent_ref": refs[0], "ref": refs[0]}, BelowItself),
        ({"name": "a", "parent_ref": refs[4], "ref": refs[0]}, BelowItself),
        ({"name": "f", "parent_ref": "dep_nothing"}, NotFound),
    ):
        _refused(boss, refusal, **values)
    commands.keep_department(boss, name="y", parent_ref=refs[3], ref=below)
    assert max(row.depth for row in queries.departments(boss)) == MAX_DEPTH - 1


def _refused(boss: Actor, refusal: type[Refusal], **values: str) -> None:
    before = tree(boss)
    with pytest.raises(refusal) as said, transaction.atomic():
        commands.keep_department(boss, **values)
    assert said.value.field == "parent_ref" and tree(boss) == before


def test_another_companys_department_is_not_found(boss: Actor) -> None:
    (theirs,) = found(make_actor(make_organization("Other", "buyer"), "buyer"), "Theirs")
    _refused(boss, NotFound, name="Ours", parent_ref=theirs)


def test_the_database_keeps_the_tree_whoever_writes(boss: Actor) -> None:
    """What no command does: a circle over two, over three, too deep, across companies, to itself."""
    refs = found(boss, *"abcde")
    (theirs,) = found(make_actor(make_organization("Other", "buyer"), "buyer"), "Theirs")
    rows = {row.ref: row.pk for row in Department.objects.all()}
    (alone,) = found(boss, "x")
    wrong = [(refs[0], refs[1]), (refs[0], refs[2]), (refs[0], refs[0]), (alone, refs[4]), (refs[0], theirs)]
    for ref, parent in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Department.objects.filter(ref=ref).update(parent_id=rows[parent])
    with pytest.raises(IntegrityError), transaction.atomic():
        Department.objects.create(organization_id=boss.organization_id, name="f", parent_id=rows[refs[4]])
    with pytest.raises(IntegrityError), transaction.atomic():
        Department.objects.filter(ref=refs[0]).update(
            organization_id=Department.objects.get(ref=theirs).organization_id
        )


def test_a_department_with_others_below_it_or_a_rule_stays(office: Office) -> None:
    sales, inland = found(office.boss, "Sales", "Inland")
    rule = office.rule((office.li, None), department_ref=inland)
    for ref in (sales, inland):
        with pytest.raises(StillUsed), transaction.atomic():
            commands.end_department(office.boss, ref)
    commands.end_order_rule(office.boss, rule)
    for ref in (inland, sales):
        commands.end_department(office.boss, ref)
    assert tree(office.boss) == []


@pytest.mark.parametrize(("at", "asks"), [(0, False), (1, True), (2, True), (3, True), (None, False)])
def test_a_rule_of_a_department_holds_for_those_below_it(office: Office, at: int | None, asks: bool) -> None:
    refs = found(office.boss, "Yuelai", "Sales", "Inland", "North")
    office.rule((office.li, None), department_ref=refs[1])
    here = refs[at] if at is not None else ""
    commands.change_place(office.boss, office.chen.user_ref, Place("requester", department_ref=here))
    assert bool(office.ask()) is asks
    assert queries.order_rules(office.boss)[0].department == "Sales"


def test_an_approver_from_elsewhere_in_the_tree_decides_and_nobody_is_stuck(office: Office) -> None:
    """The trap of others: approvers locked to their own unit. Here whoever is named decides, wherever they work."""
    sales, inland = found(office.boss, "Sales", "Inland")
    (board,) = found(office.boss, "Board")
    office.rule((office.li, None), department_ref=sales)
    commands.change_place(office.boss, office.chen.user_ref, Place("requester", department_ref=inland))
    commands.change_place(office.boss, office.li.user_ref, Place("approver", department_ref=board))
    approval = office.ask()
    assert approval and turns(office) == ["li"]
    commands.change_place(office.boss, office.li.user_ref, Place("staff", department_ref=board))
    assert turns(office) == ["boss"]
    assert commands.decide(office.boss, approval.ref, yes=True) == "approved"


def test_the_pure_tree() -> None:
    above = {1: None, 2: 1, 3: 2, 4: 1}
    assert (way_up(above, 3), way_up(above, 1), way_up({1: 2, 2: 1}, 1)) == ([3, 2, 1], [1], [1, 2])
    assert (height(above, 1), height(above, 4), height(above, None)) == (3, 1, 1)
    rule = OrderRule("all", 0, department_id=2)
    assert [applies(rule, OrderFacts(1, department_ids=frozenset(way_up(above, each)))) for each in above] == [
        False, True, True, False,
    ]  # fmt: skip


def test_every_move_in_the_tree_is_told(boss: Actor) -> None:
    sales, inland = found(boss, "Sales", "Inland")
    commands.keep_department(boss, name="Inland", ref=inland)
    rows = queries.company_history(boss, boss.organization_ref).rows
    told = [(row.change.field, row.change.old, row.change.new) for row in rows if row.change.subject == inland]
    assert ("parent_id", sales, None) in told and ("parent_id", None, sales) in told
