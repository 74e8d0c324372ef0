"""Two administrators who send each other away at once: without the lock nobody is left, with it one stays."""

from functools import partial
from typing import Any

import pytest

from tests.concurrency.sessions import PATIENCE, Session, all_at_once, one_after_the_other, wait_for_a_waiter
from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.time import now
from trivium.parties import commands, queries
from trivium.parties.commands import NewOrderRule, Place, approvals
from trivium.parties.errors import LastAdmin
from trivium.parties.rules import NO_PLACE
from trivium.parties.tests.factories import SYSTEM, make_actor, make_buyer, make_organization

pytestmark = pytest.mark.django_db(transaction=True)


def administrators(how_many: int) -> list[Actor]:
    company = make_organization("Yuelai", "buyer")
    return [make_actor(company, "buyer") for _ in range(how_many)]


def left(actor: Actor) -> int:
    statement = """SELECT count(*) FROM parties_membership
                   WHERE organization_id = %s AND role = 'buyer' AND job = 'admin' AND ends_at IS NULL"""
    return int(sql.rows(statement, [actor.organization_id])[0][0])


def test_counting_administrators_and_then_removing_one_leaves_nobody(two: tuple[Session, Session]) -> None:
    """What a company does that counts, decides, and then writes."""
    one, other = administrators(2)
    for session in two:
        session.begin()
        assert session.do(left, one) == 2
    for session, leaver in zip(two, (one, other), strict=True):
        session.do(sql.execute, "UPDATE parties_membership SET ends_at = now() WHERE user_id = %s", [leaver.user_id])
        session.end()
    assert left(one) == 0


@pytest.mark.parametrize("act", ["remove", "demote", "both", "operator", "erase"])
def test_two_who_go_at_once_do_not_both_go(act: str) -> None:
    one, other = administrators(2)
    mail = queries.person(one.user_id or 0).email
    remove = [partial(commands.remove_person, each, each.user_ref) for each in (one, other)]
    demote = [partial(commands.change_place, each, each.user_ref, Place("staff")) for each in (one, other)]
    grant = partial(commands.grant_role, SYSTEM, email=mail, organization_ref=one.organization_ref, role="buyer")
    acts: dict[str, tuple[Any, Any]] = {
        "remove": (remove[0], remove[1]),
        "demote": (demote[0], demote[1]),
        "both": (remove[0], demote[1]),
        "operator": (remove[1], partial(grant, job="staff")),
        "erase": (partial(commands.erase_person, SYSTEM, one.user_ref, reason="asked for it"), remove[1]),
    }
    _first, second = one_after_the_other(*acts[act])
    assert isinstance(second, LastAdmin)
    assert left(one) == 1


def test_of_six_administrators_who_leave_at_once_one_stays() -> None:
    admins = administrators(6)
    results = all_at_once([partial(commands.remove_person, each, each.user_ref) for each in admins])
    assert sum(isinstance(result, LastAdmin) for result in results) == 1
    assert left(admins[0]) == 1


def test_an_invitation_opened_twice_at_once_is_used_once() -> None:
    (admin,) = administrators(1)
    ref = commands.invite_person(admin, email="wang@example.test", place=Place())
    token = queries.invitation_token(ref)
    accept = partial(commands.join_new, token, name="Wang Fang", password="correct horse 9", locale="en")
    results = all_at_once([accept] * 4)
    assert sum(not isinstance(result, Exception) for result in results) == 1
    assert len(queries.colleagues(admin)) == 2


def test_an_approver_who_leaves_while_another_says_yes_holds_up_nothing() -> None:
    """Either the word is seen by who leaves, or the one who gives it sees that somebody has left."""
    company = make_buyer("Yuelai", make_organization("Lianca", "partner"))
    boss, li, chen = (make_actor(company, "buyer", job) for job in ("admin", "approver", "staff"))
    named = tuple((each.user_ref, "") for each in (boss, li))
    commands.keep_order_rule(boss, NewOrderRule("Large", 1000, approvers=named))
    for n, turned in enumerate((False, True)):
        terms = queries.trading_terms(company.pk, now())
        route = queries.order_route(terms, NO_PLACE, total=1000, by_scope={}, budget_code="")
        approval = commands.ask_approval(chen, subject=f"ord_{n}", act="order.place", organization_id=company.pk,
                                         needed=2, route=route)  # fmt: skip
        acts = [partial(commands.decide, boss, approval.ref, yes=True),
                partial(commands.remove_person, boss, li.user_ref)]  # fmt: skip
        one_after_the_other(*(reversed(acts) if turned else acts))
        approval.refresh_from_db()
        assert approval.status == "approved", turned
        li = make_actor(company, "buyer", "approver")
        named = tuple((each.user_ref, "") for each in (boss, li))
        commands.keep_order_rule(boss, NewOrderRule("Large", 1000, approvers=named), queries.order_rules(boss)[0].ref)


def test_who_passes_approvals_on_and_who_says_yes_do_not_wait_for_each_other(two: tuple[Session, Session]) -> None:
    """Both lock the approval before its steps: who leaves has taken neither while the other has one."""
    company = make_buyer("Yuelai", make_organization("Lianca", "partner"))
    boss, li, chen = (make_actor(company, "buyer", job) for job in ("admin", "approver", "staff"))
    commands.keep_order_rule(boss, NewOrderRule("Large", 1000, approvers=((boss.user_ref, ""), (li.user_ref, ""))))
    route = queries.order_route(
        queries.trading_terms(company.pk, now()), NO_PLACE, total=1000, by_scope={}, budget_code=""
    )
    approval = commands.ask_approval(chen, subject="ord_1", act="order.place", organization_id=company.pk, needed=2,
                                     route=route)  # fmt: skip
    leaver, other = two
    leaver.begin()
    leaver.do(approvals.reroute, boss, company, li.user_id, boss.user_id, now())
    word = other.start(commands.decide, boss, approval.ref, yes=True)
    wait_for_a_waiter()
    leaver.do(approvals.do_without, boss, company, li.user_id, now())
    leaver.end()
    assert word.result(PATIENCE) == "approved", "the step of who leaves was theirs by then"
