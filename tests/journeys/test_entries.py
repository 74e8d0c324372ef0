"""The operator in another company's workspace: who may enter, what may be done there, and what is written down."""

import datetime as dt
import inspect
import sys

import pytest
from django.db import DatabaseError, IntegrityError, transaction

import trivium.project.urls  # noqa: F401  every context's commands are known
from tests.journeys.market import ADDRESS, Market
from trivium.core import acts
from trivium.core.actor import Actor
from trivium.core.errors import Denied, Empty, NotFound, Refusal
from trivium.core.models import EventRecord
from trivium.core.permissions import all_permissions
from trivium.core.time import SettableClock, now
from trivium.notices import queries as notices
from trivium.ordering import commands as ordering
from trivium.ordering.rules import Wish
from trivium.parties import commands, queries
from trivium.parties.commands.entries import LEAVING, note_act
from trivium.parties.errors import BadMinutes, EntryOver, NotEntered, NotInEntry, NotInRole, OnlyReading, OwnCompany
from trivium.parties.models import Entry, EntryAct, Membership, User
from trivium.parties.rules import DONE_IN_ENTRY, ENTRUSTED, READ_IN_ENTRY, Role

pytestmark = pytest.mark.django_db

NEVER = {
    "contract.sign", "contract.propose", "statement.confirm", "statement.issue", "payout.propose", "approval.decide",
    "approval.arrange", "party.edit", "party.admit", "party.enter", "apikey.manage", "order.confirm_supply",
    "order.confirm_margin", "refund.grant", "import.ask", "ticket.open", "payment.pay", "budget.set",
    "application.file", "shipment.sign", "order.give_back",
}  # fmt: skip


class Scene:
    """A market with a supplier, a partner and a buyer, and somebody of the operator."""

    def __init__(self) -> None:
        self.market = market = Market()
        self.boss = market.operator.actor
        self.supplier, self.partner = market.supplier("Hengtai"), market.partner("Nanfang")
        self.buyer = market.buyer("Haiwen", self.partner)
        self.sku = market.sku(self.supplier, "S1", [(1, "100.00")], stock=40)

    def enter(self, company: str = "buyer", *, minutes: int = 15, does: bool = True, **changes: str) -> str:
        """Somebody of the operator enters."""
        given = {"role": company, "reason": "they asked by phone", **changes}
        ref = given.pop("ref", getattr(self, company).ref)
        return commands.begin_entry(self.boss, ref, minutes=minutes, acts=does, **given)

    def inside(self, ref: str) -> Actor:
        """The actor in the entry."""
        found = queries.entry_now(ref, self.boss.user_id or 0)
        assert found is not None
        return found.actor

    def order(self, actor: Actor) -> ordering.Placed:
        """An order placed by whoever it is."""
        return ordering.place_order(
            actor, [Wish(self.sku, 2)], ship_to=ADDRESS, delivery_method="standard", payment_method="bank_transfer"
        )


@pytest.fixture
def scene(clock: SettableClock) -> Scene:
    made = Scene()
    clock.move(hours=1)
    return made


def test_the_company_is_told_at_once_by_whom(scene: Scene, clock: SettableClock) -> None:
    ref = scene.enter()
    told = notices.inbox(scene.buyer.actor, clock.at)[0]
    assert told.message == "%(number)s of the operator has entered your workspace." and told.number == "Lin Yue"
    assert told.link_ref == ref and notices.unread(scene.buyer.actor, clock.at) >= 1
    assert ref not in {each.link_ref for each in notices.inbox(scene.partner.actor, clock.at)}


def test_an_order_placed_in_an_entry_names_both(scene: Scene, clock: SettableClock) -> None:
    ref = scene.enter()
    placed = scene.order(scene.inside(ref))
    event = EventRecord.objects.filter(name="OrderPlaced", subject=placed.ref).get()
    assert event.actor == f"{scene.boss.user_ref}@{scene.buyer.ref}:buyer/entry:{ref}"
    (row,) = queries.entries(scene.buyer.actor)
    assert (row.person, row.reason, row.done, row.state(clock.at)) == ("Lin Yue", "they asked by phone", 1, "in_force")
    _row, steps = queries.get_entry(scene.buyer.actor, ref)
    assert [name for _at, name in steps] == ["ordering.place_order"]
    with pytest.raises(NotFound):
        queries.get_entry(scene.partner.actor, ref)
    assert queries.entries(scene.supplier.actor) == [] and len(queries.entries(scene.boss)) == 1


def test_in_an_entry_for_reading_nothing_is_done(scene: Scene) -> None:
    actor = scene.inside(scene.enter(does=False))
    with pytest.raises(Refusal), transaction.atomic():
        scene.order(actor)
    wider = Actor(
        actor.user_id, actor.user_ref, actor.organization_id, actor.organization_ref, "buyer",
        frozenset({"order.place"}), actor.via,
    )  # fmt: skip
    with pytest.raises(OnlyReading), transaction.atomic():
        scene.order(wider)
    assert EntryAct.objects.count() == 0


def test_it_ends_by_itself_and_by_the_button(scene: Scene, clock: SettableClock) -> None:
    ref = scene.enter(minutes=30)
    actor = scene.inside(ref)
    clock.move(minutes=29, seconds=59)
    scene.order(actor)
    clock.move(seconds=1)
    assert queries.entry_now(ref, scene.boss.user_id or 0) is None
    with pytest.raises(EntryOver), transaction.atomic():
        scene.order(actor)
    again = scene.enter()
    actor = scene.inside(again)
    commands.end_entry(actor, again)
    with pytest.raises(EntryOver), transaction.atomic():
        scene.order(actor)
    first, second = Entry.objects.order_by("id")
    assert first.ended_at == first.until and second.ended_at == clock.at


@pytest.mark.parametrize("how", ["leaves", "job", "erased"])
def test_it_ends_at_once_when_the_right_goes(scene: Scene, how: str) -> None:
    ref = scene.enter()
    actor = scene.inside(ref)
    place = Membership.objects.filter(user_id=scene.boss.user_id, role="operator")
    changed = {"leaves": {"ends_at": now()}, "job": {"job": "staff"}}.get(how)
    if changed:
        place.update(**changed)
    else:
        User.objects.filter(pk=scene.boss.user_id).update(is_active=False)
    assert queries.entry_now(ref, scene.boss.user_id or 0) is None
    with pytest.raises(EntryOver), transaction.atomic():
        scene.order(actor)


def test_where_nobody_enters(scene: Scene) -> None:
    for ref, role, refusal in (
        (scene.market.operator.ref, "supplier", NotEntered),
        (scene.market.house.ref, "partner", NotEntered),
        (scene.buyer.ref, "operator", NotInRole),
        (scene.buyer.ref, "supplier", NotInRole),
        ("org_nobody", "buyer", NotFound),
    ):
        with pytest.raises(refusal), transaction.atomic():
            scene.enter(ref=ref, role=role)
    with pytest.raises(BadMinutes), transaction.atomic():
        scene.enter(minutes=61)
    with pytest.raises(Empty), transaction.atomic():
        scene.enter(reason=" ")
    Membership.objects.create(user_id=scene.boss.user_id, organization_id=scene.buyer.id, role="buyer", job="staff")
    with pytest.raises(OwnCompany), transaction.atomic():
        scene.enter()
    assert Entry.objects.count() == 0


def test_who_does_not_enter(scene: Scene) -> None:
    given = {"minutes": 15, "acts": True, "reason": "curious"}
    clerk = scene.market.person(scene.market.operator.ref, "operator", "staff")
    key = Actor(
        scene.boss.user_id, scene.boss.user_ref, scene.boss.organization_id, scene.boss.organization_ref, "operator",
        scene.boss.permissions, "api:key_x", frozenset({"company:write"}),
    )  # fmt: skip
    inside = scene.inside(scene.enter("partner", role="partner"))
    for actor in (clerk, key, inside, scene.partner.actor, scene.supplier.actor, scene.buyer.actor):
        with pytest.raises(Denied), transaction.atomic():
            commands.begin_entry(actor, scene.buyer.ref, "buyer", **given)


def test_one_entry_at_a_time(scene: Scene) -> None:
    first = scene.enter()
    scene.enter("supplier", role="supplier")
    assert queries.entry_now(first, scene.boss.user_id or 0) is None
    entry = Entry.objects.get(ref=first)
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(ended_at=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(until=entry.starts_at + dt.timedelta(hours=2), ended_at=None)


@pytest.mark.parametrize("role", [Role.SUPPLIER, Role.PARTNER, Role.BUYER])
def test_no_entry_has_a_right_that_is_not_lent(scene: Scene, role: str) -> None:
    company = {"supplier": "supplier", "partner": "partner", "buyer": "buyer"}[role]
    rights = scene.inside(scene.enter(company, role=role)).permissions
    assert rights <= READ_IN_ENTRY | DONE_IN_ENTRY
    assert not rights & NEVER
    assert set(all_permissions()) >= NEVER - {"application.file"}


def test_every_act_that_is_not_entrusted_is_refused_in_an_entry(scene: Scene) -> None:
    """A new act is refused until somebody names it: the actor here even has every right."""
    actor = scene.inside(scene.enter())
    known = set(acts.known_acts())
    assert len(known) > 120 and known >= ENTRUSTED
    for name in sorted(known - ENTRUSTED - {LEAVING}):
        with pytest.raises(NotInEntry), transaction.atomic():
            note_act(actor, name)
    refused = 0
    for module in list(sys.modules.values()):
        if not getattr(module, "__name__", "").startswith("trivium.") or ".commands" not in module.__name__:
            continue
        for each in vars(module).values():
            name = f"{module.__name__.split('.')[1]}.{getattr(each, '__name__', '')}"
            if not inspect.isfunction(each) or name not in known - ENTRUSTED - {LEAVING}:
                continue
            first = next(iter(inspect.signature(each).parameters), "")
            if first != "actor":
                continue
            needed = [p for p in inspect.signature(each).parameters.values() if p.default is p.empty][1:]
            values = [None for p in needed if p.kind is not p.KEYWORD_ONLY and p.kind is not p.VAR_POSITIONAL]
            named = {p.name: None for p in needed if p.kind is p.KEYWORD_ONLY}
            with pytest.raises(NotInEntry), transaction.atomic():
                each(actor, *values, **named)
            refused += 1
    assert refused > 90
    assert EntryAct.objects.count() == 0


def test_what_was_done_is_never_changed(scene: Scene) -> None:
    scene.order(scene.inside(scene.enter()))
    with pytest.raises(DatabaseError), transaction.atomic():
        EntryAct.objects.all().update(act="ordering.cancel_order")
