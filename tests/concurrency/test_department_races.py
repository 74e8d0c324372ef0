"""Two departments moved below each other at once: with the lock of the company the second is refused."""

from functools import partial

import pytest
from django.db import IntegrityError

from tests.concurrency.sessions import Session, one_after_the_other, wait_for_a_waiter
from trivium.core import sql
from trivium.core.actor import Actor
from trivium.parties import commands, queries
from trivium.parties.errors import BelowItself
from trivium.parties.tests.factories import make_actor, make_organization

pytestmark = pytest.mark.django_db(transaction=True)
MOVE = "UPDATE parties_department SET parent_id = (SELECT id FROM parties_department WHERE ref = %s) WHERE ref = %s"


@pytest.fixture
def boss() -> Actor:
    return make_actor(make_organization("Yuelai", "buyer"), "buyer")


@pytest.fixture
def pair(boss: Actor) -> tuple[str, str]:
    a, b = (commands.keep_department(boss, name=name) for name in "ab")
    return a, b


def is_circle(boss: Actor) -> bool:
    """Whoever lies in a circle is not found from the top."""
    return len(queries.departments(boss)) < 2


def test_without_the_databases_word_two_moves_make_a_circle(
    boss: Actor, pair: tuple[str, str], two: tuple[Session, Session]
) -> None:
    sql.execute("ALTER TABLE parties_department DISABLE TRIGGER parties_department_in_tree")
    try:
        for session in two:
            session.begin()
        for session, (below, above) in zip(two, (pair, pair[::-1]), strict=True):
            session.do(sql.execute, MOVE, [above, below])
        for session in two:
            session.end()
        assert is_circle(boss)
        sql.execute("UPDATE parties_department SET parent_id = NULL")
    finally:
        sql.execute("ALTER TABLE parties_department ENABLE TRIGGER parties_department_in_tree")


def test_with_it_the_second_of_two_moves_is_refused(
    boss: Actor, pair: tuple[str, str], two: tuple[Session, Session]
) -> None:
    first, second = two
    first.begin()
    first.do(sql.execute, MOVE, [pair[1], pair[0]])
    waiting = second.start(sql.execute, MOVE, list(pair))
    wait_for_a_waiter()
    first.end()
    with pytest.raises(IntegrityError):
        waiting.result()
    assert not is_circle(boss)


def test_of_two_commands_the_second_is_refused_in_words(boss: Actor, pair: tuple[str, str]) -> None:
    a, b = pair
    below = partial(commands.keep_department, boss)
    _done, second = one_after_the_other(partial(below, name="a", parent_ref=b, ref=a),
                                        partial(below, name="b", parent_ref=a, ref=b))  # fmt: skip
    assert isinstance(second, BelowItself) and not is_circle(boss)
