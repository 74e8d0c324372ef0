"""A buyer goes over to another partner: who may say so, from which day on, and what each of the three is told."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from trivium.core.errors import Denied, Empty, NotFound, Refusal
from trivium.core.lists import Wanted
from trivium.core.models import EventRecord
from trivium.core.time import SettableClock, business_day, day_starts, now
from trivium.notices import queries as notices
from trivium.parties import commands, queries
from trivium.parties.errors import AlreadyAssigned, CutoverOver, CutoverPlanned, NotInRole, PastDay, Suspended
from trivium.parties.models import Assignment, Cutover
from trivium.parties.tests.factories import SYSTEM, make_actor, make_buyer, make_organization

pytestmark = pytest.mark.django_db


class Scene:
    """A buyer, its partner, another one, and the operator."""

    def __init__(self) -> None:
        self.one, self.two = make_organization("Nanfang", "partner"), make_organization("Huitong", "partner")
        self.buyer = make_buyer("Haiwen", self.one)
        operator = make_organization("Sanhui", "operator")
        self.boss, self.clerk = make_actor(operator, "operator"), make_actor(operator, "operator", "staff")
        self.left, self.right = make_actor(self.one, "partner"), make_actor(self.two, "partner")
        self.own = make_actor(self.buyer, "buyer")

    def move(self, days: int | None = None, **changes: str) -> str:
        """The operator re-assigns the buyer."""
        given = {"buyer_ref": self.buyer.ref, "partner_ref": self.two.ref, "reason": "territory", **changes}
        day = None if days is None else business_day(now()) + dt.timedelta(days=days)
        return commands.assign_buyer(self.boss, from_day=day, **given)

    def partner(self, at: dt.datetime | None = None) -> str:
        """Whose buyer it is."""
        return queries.trading_terms(self.buyer.pk, at or now()).partner_ref


@pytest.fixture
def scene(clock: SettableClock) -> Scene:
    made = Scene()
    clock.move(hours=1)
    return made


def test_a_change_for_today_takes_effect_at_once(scene: Scene, clock: SettableClock) -> None:
    before = clock.at - dt.timedelta(seconds=1)
    scene.move(days=0)
    assert (scene.partner(before), scene.partner()) == (scene.one.ref, scene.two.ref)


def test_a_planned_change_begins_with_the_first_moment_of_its_day(scene: Scene, clock: SettableClock) -> None:
    scene.move(days=3)
    begins = day_starts(business_day(clock.at) + dt.timedelta(days=3))
    assert scene.partner(begins - dt.timedelta(microseconds=1)) == scene.one.ref
    assert scene.partner(begins) == scene.two.ref
    listed = {row.ref: row.partner_name for row in queries.organization_list(scene.boss, Wanted()).rows}
    assert listed[scene.buyer.ref] == "Nanfang"
    assert queries.get_organization(scene.left, scene.buyer.ref)
    with pytest.raises(NotFound):
        queries.get_organization(scene.right, scene.buyer.ref)
    clock.at = begins
    assert queries.get_company(scene.boss, scene.buyer.ref).partner_name == "Huitong"
    assert queries.get_organization(scene.right, scene.buyer.ref)
    with pytest.raises(NotFound):
        queries.get_organization(scene.left, scene.buyer.ref)


@pytest.mark.parametrize(
    ("days", "changes", "refusal"),
    [
        (-1, {}, PastDay),
        (367, {}, PastDay),
        (1, {"reason": " "}, Empty),
        (1, {"partner_ref": "one"}, AlreadyAssigned),
        (1, {"partner_ref": "buyer"}, NotInRole),
        (1, {"partner_ref": "org_nobody"}, NotFound),
        (1, {"partner_ref": "rogue"}, Suspended),
    ],
)
def test_what_is_no_change_is_refused_and_changes_nothing(
    scene: Scene, days: int, changes: dict[str, str], refusal: type[Refusal]
) -> None:
    rogue = make_organization("Rogue", "partner")
    commands.suspend(scene.boss, rogue.ref, reason="fraud")
    known = {"one": scene.one.ref, "buyer": scene.buyer.ref, "rogue": rogue.ref}
    given = {name: known.get(value, value) for name, value in changes.items()}
    with pytest.raises(refusal), transaction.atomic():
        scene.move(days, **given)
    assert (Cutover.objects.count(), Assignment.objects.filter(buyer=scene.buyer).count()) == (0, 1)


def test_nobody_but_the_operator_re_assigns(scene: Scene) -> None:
    ref = scene.move(days=2)
    for actor in (scene.left, scene.right, scene.own):
        with pytest.raises(Denied), transaction.atomic():
            commands.assign_buyer(actor, buyer_ref=scene.buyer.ref, partner_ref=scene.two.ref, reason="ours")
        with pytest.raises(Denied), transaction.atomic():
            commands.withdraw_cutover(actor, ref)


def test_one_change_is_planned_at_a_time_and_can_be_taken_back(scene: Scene, clock: SettableClock) -> None:
    ref = scene.move(days=2)
    with pytest.raises(CutoverPlanned), transaction.atomic():
        scene.move(days=5)
    with pytest.raises(CutoverPlanned), transaction.atomic():
        scene.move()
    commands.withdraw_cutover(scene.boss, ref)
    assert scene.partner(clock.at + dt.timedelta(days=30)) == scene.one.ref
    with pytest.raises(CutoverOver), transaction.atomic():
        commands.withdraw_cutover(scene.boss, ref)
    again = scene.move(days=2)
    clock.move(days=2)
    with pytest.raises(CutoverOver), transaction.atomic():
        commands.withdraw_cutover(scene.boss, again)
    assert scene.partner() == scene.two.ref
    assert list(queries.faults()) == []


def test_the_database_lets_no_two_assignments_overlap(scene: Scene) -> None:
    scene.move(days=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.create(buyer=scene.buyer, partner=scene.two, starts_at=now())


def test_each_of_the_three_is_told_in_words_that_name_no_other(scene: Scene, clock: SettableClock) -> None:
    ref = scene.move(days=2)
    day = (business_day(clock.at) + dt.timedelta(days=2)).isoformat()
    told = {
        "left": ("A buyer of yours goes over to another partner: %(number)s.", f"Haiwen ({day})"),
        "right": ("A buyer comes to you: %(number)s.", f"Haiwen ({day})"),
        "own": ("You have another channel partner from %(number)s on.", day),
    }
    for name, (message, number) in told.items():
        actor = getattr(scene, name)
        notice = next(each for each in notices.inbox(actor, clock.at) if each.link_ref == ref)
        assert (notice.message, notice.number) == (message, number)
        assert notices.unread(actor, clock.at) >= 1
    for record in EventRecord.objects.filter(subject=ref):
        assert "reason" not in record.data and len(record.audience) == 1
        assert not any(each.ref in str(record.data) for each in (scene.one, scene.two))
    commands.withdraw_cutover(scene.boss, ref)
    for actor in (scene.left, scene.right, scene.own):
        assert "withdrawn" in notices.inbox(actor, clock.at)[0].message


def test_a_partner_reads_its_own_days_and_neither_the_other_nor_why(scene: Scene, clock: SettableClock) -> None:
    scene.move(days=2)
    (left,), (right,) = (queries.buyer_list(actor, Wanted()).rows for actor in (scene.left, scene.right))
    assert (left.state, right.state) == ("in_force", "coming") and left.ends_at == right.starts_at
    (goes,), (comes,), (moves,) = (queries.cutovers(actor) for actor in (scene.left, scene.right, scene.boss))
    assert (goes.way, goes.before_ref, goes.partner_ref, goes.reason) == ("goes", scene.one.ref, "", "")
    assert (comes.way, comes.before_ref, comes.partner_ref, comes.reason) == ("comes", "", scene.two.ref, "")
    assert (moves.way, moves.before_ref, moves.partner_ref, moves.reason) == (
        "moves", scene.one.ref, scene.two.ref, "territory")  # fmt: skip
    stranger = make_actor(make_organization("Stranger", "partner"), "partner")
    assert queries.cutovers(stranger) == [] and queries.buyer_list(stranger, Wanted()).count == 0
    clock.move(days=2)
    assert queries.buyer_list(scene.left, Wanted({"state": "over"})).count == 1
    assert queries.buyer_list(scene.right, Wanted({"state": "in_force"})).count == 1
    assert [row.partner_name for row in queries.partners_of(scene.boss, scene.buyer.ref)] == ["Huitong", "Nanfang"]
    with pytest.raises(Denied):
        queries.partners_of(scene.left, scene.buyer.ref)


def test_a_first_assignment_needs_no_reason(scene: Scene) -> None:
    fresh = make_organization("Fresh", "buyer")
    assert commands.assign_buyer(scene.boss, buyer_ref=fresh.ref, partner_ref=scene.one.ref) == ""
    assert SYSTEM.is_system and Cutover.objects.count() == 0
