"""Approvals of orders: which rules ask, whom, in which order, and who may decide."""


import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivium.parties.rules import (
    Asked,
    IfNobody,
    Member,
    OrderFacts,
    OrderRule,
    Route,
    can_be_given,
    deciders,
    falls_away,
    needed_without,
    route,
)

BOSS, LI, WANG, CHEN = 1, 2, 3, 4
OFFICE = [Member(BOSS, "admin"), Member(LI, "approver"), Member(WANG, "finance"), Member(CHEN, "requester")]


@pytest.mark.parametrize(
    ("rule", "asks"),
    [
        (OrderRule("all", 1000), True),
        (OrderRule("more", 1001), False),
        (OrderRule("tools", 600, scope="tools"), True),
        (OrderRule("tools", 601, scope="tools"), False),
        (OrderRule("drills", 0, scope="tools/drills"), True),
        (OrderRule("too", 0, scope="tool"), False),
        (OrderRule("budget", 0, budget_code="Q1"), True),
        (OrderRule("budget", 0, budget_code="Q2"), False),
        (OrderRule("centre", 0, cost_centre_id=7), True),
        (OrderRule("centre", 0, cost_centre_id=8), False),
        (OrderRule("both", 600, scope="tools", budget_code="Q1"), True),
    ],
)
def test_a_rule_asks_by_amount_category_budget_and_cost_centre(rule: OrderRule, asks: bool) -> None:
    by_scope = (("tools/drills", 400), ("tools", 200), ("toolshed", 400))
    facts = OrderFacts(1000, by_scope, budget_code="Q1", cost_centre_id=7)
    assert bool(route([rule], facts).asked) == asks


def test_everybody_named_is_asked_once_in_the_order_of_the_rules_and_then_anybody() -> None:
    rules = [
        OrderRule("first", 0, asked=(Asked(LI, WANG), Asked(BOSS)), if_nobody=IfNobody.PASS),
        OrderRule("second", 0, asked=(Asked(WANG), Asked(LI)), if_nobody=IfNobody.REFUSE),
        OrderRule("", 0, needed=2),
        OrderRule("third", 0, needed=1),
    ]
    found = route(rules, OrderFacts(10))
    assert found.asked == (Asked(LI, WANG), Asked(BOSS), Asked(WANG), Asked(), Asked())
    assert (found.if_nobody, found.rules) == (IfNobody.REFUSE, ("first", "second", "", "third"))


@pytest.mark.parametrize(
    ("total", "limit", "asked"), [(100, 100, 0), (101, 100, 1), (1, 0, 1), (0, 0, 0), (10**9, None, 0)]
)
def test_above_ones_own_limit_one_word_is_asked_for(total: int, limit: int | None, asked: int) -> None:
    assert len(route([], OrderFacts(total, limit=limit)).asked) == asked


def test_a_rule_that_asks_anyhow_covers_the_limit() -> None:
    assert route([OrderRule("all", 0, asked=(Asked(LI),))], OrderFacts(9, limit=1)).asked == (Asked(LI),)


@pytest.mark.parametrize(
    ("asked", "people", "asker", "may"),
    [
        (Asked(LI, WANG), OFFICE, CHEN, {LI, WANG}),
        (Asked(LI, WANG), OFFICE, LI, {WANG}),
        (Asked(LI), OFFICE, LI, {BOSS}),
        (Asked(LI, CHEN), OFFICE[:1] + OFFICE[2:], CHEN, {BOSS}),
        (Asked(9, 8), OFFICE, BOSS, {LI, WANG}),
        (Asked(9, 8), OFFICE[:1], BOSS, set()),
        (Asked(), OFFICE, BOSS, {LI, WANG}),
    ],
)
def test_a_missing_approver_holds_up_nobody(asked: Asked, people: list[Member], asker: int, may: set[int]) -> None:
    assert deciders(asked, people, asker) == may


@given(
    st.lists(st.builds(Member, st.integers(1, 6), st.sampled_from(["admin", "staff", "approver", "finance"]))),
    st.builds(Asked, st.none() | st.integers(1, 8), st.none() | st.integers(1, 8)),
    st.integers(1, 6),
)
def test_never_the_asker_and_always_somebody_if_there_is_somebody(
    people: list[Member], asked: Asked, asker: int
) -> None:
    may = deciders(asked, people, asker)
    anybody = {each.user_id for each in people if each.job != "staff" and each.user_id != asker}
    assert asker not in may and may <= anybody and bool(may) == bool(anybody)


def test_what_a_company_can_give_is_counted_without_the_asker() -> None:
    two = Route((Asked(), Asked()), (), IfNobody.REFUSE)
    assert can_be_given(two, OFFICE, BOSS) and can_be_given(two, OFFICE, CHEN)
    assert not can_be_given(two, OFFICE[:2], BOSS) and not can_be_given(two, [], CHEN)


def test_a_step_falls_away_when_all_who_could_give_it_have_had_their_word() -> None:
    assert falls_away(Asked(LI), OFFICE, CHEN, [LI]) and not falls_away(Asked(LI, WANG), OFFICE, CHEN, [LI])
    assert falls_away(Asked(), OFFICE[:1], CHEN, [BOSS]) and not falls_away(Asked(), OFFICE, CHEN, [BOSS])
    assert not falls_away(Asked(), [], CHEN, [BOSS])


@pytest.mark.parametrize(
    ("needed", "said", "able", "left"),
    [
        (2, [], {BOSS}, 1),
        (2, [BOSS], {BOSS}, 1),
        (2, [], {BOSS, LI}, 2),
        (3, [], {BOSS}, 3),  # it could not be given before either
        (1, [], set(), 1),
        (2, [LI], {BOSS, LI}, 2),
    ],
)
def test_words_of_anybody_become_one_less_where_a_leaver_leaves_too_few(
    needed: int, said: list[int], able: set[int], left: int
) -> None:
    assert needed_without(needed, said, able) == left


