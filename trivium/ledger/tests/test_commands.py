"""The ledger's commands on a real PostgreSQL."""

import pytest
from django.db import Error, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trivium.core.errors import NotFound, Refusal
from trivium.ledger import commands, queries
from trivium.ledger.errors import AlreadyReversed, HoldDiffers, HoldResolved, Overdrawn
from trivium.ledger.models import Balance, Entry, Hold, PostingRow, Snapshot
from trivium.ledger.rules import NewEntry, NewHold, Posting, move, net
from trivium.ledger.tests.factories import AT, CREDIT, ESCROW, WHO, credit, pay, refused

pytestmark = pytest.mark.django_db

INSERT = "INSERT INTO ledger_posting (entry_id, source, destination, amount, unit, at)"


def everything() -> list[list[tuple[object, ...]]]:
    """Every row of every table of the ledger, to see that nothing changed."""
    return [
        list(table.objects.order_by("pk").values_list())
        for table in (Entry, PostingRow, Balance, Hold, Snapshot)
    ]


def completed(number: int) -> NewEntry:
    """Six postings on one account with a floor, as completing a supplier order makes them."""
    escrow = f"escrow/so_{number}"
    postings = [
        Posting("psp/x", escrow, 91571, "CNY"),
        Posting("operator/promotions", escrow, 2714, "CNY"),
        Posting("partner/p/pending", escrow, 905, "CNY"),
        Posting(escrow, "supplier/s/pending", 84939, "CNY"),
        Posting(escrow, "partner/p/pending", 7455, "CNY"),
        Posting(escrow, "operator/fees", 2796, "CNY"),
    ]
    return NewEntry(f"completed:so_{number}", f"so_{number}", "completed", postings)


def test_an_entry_moves_its_amounts() -> None:
    commands.post_many([completed(1)], **WHO)
    expected = {
        "psp/x": -91571, "operator/promotions": -2714, "partner/p/pending": 6550, ESCROW: 0,
        "supplier/s/pending": 84939, "operator/fees": 2796,
    }  # fmt: skip
    assert queries.balances(expected, "CNY") == expected
    assert Balance.objects.get().account == ESCROW
    (entry,) = queries.entries_of("so_1")
    assert (entry.key, entry.postings, entry.at) == ("completed:so_1", tuple(completed(1).postings), AT)
    assert not list(queries.faults())


def test_amounts_of_two_units_do_not_meet() -> None:
    pay("bank", ESCROW, 5, key="a")
    pay("points/issued", ESCROW, 7, key="b", unit="PTS")
    assert (queries.balance(ESCROW, "CNY"), queries.balance(ESCROW, "PTS")) == (5, 7)
    with refused(Overdrawn):
        pay(ESCROW, "bank", 6, key="c")


@pytest.mark.parametrize("number", [1, 50])
def test_posting_takes_two_statements_however_many_entries(number: int) -> None:
    with CaptureQueriesContext(connection) as statements, transaction.atomic():
        commands.post_many([completed(n) for n in range(number)], **WHO)
    assert len([s for s in statements if "SAVEPOINT" not in s["sql"]]) == 2
    assert PostingRow.objects.count() == 6 * number


def test_the_same_key_changes_nothing_the_second_time() -> None:
    ref = pay("bank", ESCROW, 100, key="k")
    before = everything()
    assert pay("bank", ESCROW, 100, key="k") == ref
    assert everything() == before


def test_a_set_posts_only_what_is_new_and_a_key_once() -> None:
    first = pay("bank", ESCROW, 100, key="k1")
    new = [NewEntry(key, "s", "test", [Posting("bank", ESCROW, 10, "CNY")]) for key in ("k1", "k2", "k2")]
    refs = commands.post_many(new, **WHO)
    assert refs[0] == first
    assert refs[1] == refs[2] != first
    assert queries.balance(ESCROW, "CNY") == 110


def test_an_entry_may_move_nothing() -> None:
    postings = [move("bank", ESCROW, 0, "CNY")]
    commands.post(key="k", subject="so_1", purpose="completed", postings=postings, **WHO)
    assert queries.entries_of("so_1")[0].postings == ()


def test_what_would_fall_below_the_floor_is_refused_and_changes_nothing() -> None:
    pay("bank", ESCROW, 100, key="in")
    pay("bank", "escrow/so_2", 100, key="in 2")
    before = everything()
    with refused(Overdrawn) as refusal:
        commands.post_many(
            [
                NewEntry(f"out {n}", "s", "t", [Posting(f"escrow/so_{n}", "bank", 100 + n - 1, "CNY")])
                for n in (1, 2)
            ],
            **WHO,
        )
    assert refusal.value.params == {"account": "escrow/so_2"}
    assert everything() == before


def test_the_first_posting_cannot_take_from_an_account_at_its_floor() -> None:
    with refused(Overdrawn):
        pay(CREDIT, ESCROW, 1, key="k")
    assert everything() == [[], [], [], [], []]


def test_a_credit_line_is_a_negative_floor() -> None:
    commands.set_floor(CREDIT, "CNY", -1000)
    pay(CREDIT, ESCROW, 1000, key="order")
    with refused(Overdrawn):
        pay(CREDIT, ESCROW, 1, key="one more")
    pay("bank", CREDIT, 400, key="settled")
    assert (queries.balance(CREDIT, "CNY"), queries.available(CREDIT, "CNY")) == (-600, 400)


def test_a_raised_floor_lets_everything_in_and_nothing_out() -> None:
    commands.set_floor(CREDIT, "CNY", -1000)
    pay(CREDIT, ESCROW, 900, key="order")
    commands.set_floor(CREDIT, "CNY", -100)
    with refused(Overdrawn):
        pay(CREDIT, ESCROW, 1, key="k")
    pay("bank", CREDIT, 300, key="settled a part")
    assert queries.available(CREDIT, "CNY") == -500
    with refused(Overdrawn):
        commands.hold(CREDIT, "CNY", 1, subject="ord_1", at=AT)


def test_opening_again_leaves_the_floor_as_it_is() -> None:
    commands.open_account("wallet", "CNY", floor=-5)
    commands.open_account("wallet", "CNY", floor=-50)
    assert Balance.objects.get().floor == -5
    commands.set_floor("wallet", "CNY", -50)
    assert Balance.objects.get().floor == -50


def test_an_account_opened_late_starts_with_what_was_posted_before() -> None:
    pay("bank", "wallet", 100, key="in")
    pay("wallet", "bank", 30, key="out")
    commands.open_accounts([("wallet", "CNY", 0), (ESCROW, "CNY", 0)])
    assert list(Balance.objects.order_by("account").values_list("account", "amount")) == [
        (ESCROW, 0),
        ("wallet", 70),
    ]
    with refused(Overdrawn):
        pay("wallet", "bank", 71, key="too much")


def test_a_reversal_restores_every_account() -> None:
    pay("bank", CREDIT, 5, key="before")
    commands.post_many([completed(1)], **WHO)
    paths = {account for account, _ in net(completed(1).postings)} | {"psp/x", ESCROW}
    ref = commands.reverse("completed:so_1", key="undo", **WHO)
    assert set(queries.balances(paths, "CNY").values()) == {0}
    assert queries.entries_of("so_1")[1].reverses_key == "completed:so_1"
    before = everything()
    assert commands.reverse("completed:so_1", key="undo", **WHO) == ref
    with refused(AlreadyReversed):
        commands.reverse("completed:so_1", key="undo again", **WHO)
    with refused(NotFound):
        commands.reverse("no such key", key="x", **WHO)
    assert everything() == before
    commands.reverse("undo", key="redo", **WHO)
    assert queries.balance("supplier/s/pending", "CNY") == 84939
    assert not list(queries.faults())


def test_a_reversal_respects_the_floor() -> None:
    pay("bank", ESCROW, 100, key="in")
    pay(ESCROW, "bank", 60, key="out")
    with refused(Overdrawn):
        commands.reverse("in", key="undo", **WHO)
    assert queries.balance(ESCROW, "CNY") == 40


def test_a_hold_keeps_back_until_captured_and_gives_the_rest_back() -> None:
    credit(1000)
    commands.hold(CREDIT, "CNY", 800, subject="ord_1", at=AT)
    with refused(Overdrawn):
        pay(CREDIT, ESCROW, 201, key="too much")
    with refused(Overdrawn):
        commands.hold(CREDIT, "CNY", 201, subject="ord_2", at=AT)
    postings = [Posting(CREDIT, ESCROW, 700, "CNY")]
    ref = commands.capture("ord_1", postings, key="funded", purpose="funded", **WHO)
    balance = Balance.objects.get(account=CREDIT)
    assert (balance.amount, balance.held, queries.available(CREDIT, "CNY")) == (-700, 0, 300)
    before = everything()
    assert commands.capture("ord_1", postings, key="funded", purpose="funded", **WHO) == ref
    assert commands.release("ord_1", at=AT) == 0
    with refused(HoldResolved):
        commands.capture("ord_1", postings, key="funded again", purpose="funded", **WHO)
    with refused(HoldResolved):
        commands.hold(CREDIT, "CNY", 800, subject="ord_1", at=AT)
    assert everything() == before
    assert not list(queries.faults())


def test_a_capture_may_take_more_than_was_held_if_there_is_room() -> None:
    credit(1000)
    commands.hold(CREDIT, "CNY", 800, subject="ord_1", at=AT)
    with refused(Overdrawn):
        commands.capture("ord_1", [Posting(CREDIT, ESCROW, 1001, "CNY")], key="k", purpose="funded", **WHO)
    assert queries.held("ord_1") == {(CREDIT, "CNY"): 800}
    commands.capture("ord_1", [Posting(CREDIT, ESCROW, 1000, "CNY")], key="k", purpose="funded", **WHO)
    assert queries.available(CREDIT, "CNY") == 0


def test_a_released_hold_gives_everything_back_once() -> None:
    credit(1000)
    commands.hold(CREDIT, "CNY", 800, subject="ord_1", at=AT)
    assert commands.release("ord_1", at=AT) == 1
    before = everything()
    assert commands.release("ord_1", at=AT) == 0
    assert commands.release("unknown", at=AT) == 0
    with refused(HoldResolved):
        commands.capture("ord_1", [Posting(CREDIT, ESCROW, 1, "CNY")], key="k", purpose="funded", **WHO)
    assert everything() == before
    assert queries.available(CREDIT, "CNY") == 1000


def test_the_same_hold_again_changes_nothing_and_another_amount_is_refused() -> None:
    credit(1000)
    ref = commands.hold(CREDIT, "CNY", 800, subject="ord_1", at=AT)
    before = everything()
    assert commands.hold(CREDIT, "CNY", 800, subject="ord_1", at=AT) == ref
    with refused(HoldDiffers):
        commands.hold(CREDIT, "CNY", 801, subject="ord_1", at=AT)
    assert everything() == before


def test_holds_of_a_set_are_all_or_none() -> None:
    credit(1000)
    pay("bank", "buyer/org_b/budget/it", 50, key="budget")
    before = everything()
    with refused(Overdrawn):
        commands.hold_many(
            [NewHold(CREDIT, "CNY", 900, "ord_1"), NewHold("buyer/org_b/budget/it", "CNY", 51, "ord_1")],
            at=AT,
        )
    assert everything() == before
    commands.hold_many(
        [NewHold(CREDIT, "CNY", 900, "ord_1"), NewHold("buyer/org_b/budget/it", "CNY", 50, "ord_1")], at=AT
    )
    assert commands.release("ord_1", at=AT, account="buyer/org_b/budget/it") == 1
    assert queries.held("ord_1") == {(CREDIT, "CNY"): 900}
    assert queries.open_hold_subjects() == ["ord_1"]


def test_nothing_is_held_on_an_account_without_a_floor() -> None:
    pay("bank", "operator/fees", 100, key="in")
    before = everything()
    with refused(Overdrawn):
        commands.hold("operator/fees", "CNY", 1, subject="ord_1", at=AT)
    assert everything() == before


def test_several_holds_are_captured_and_released_in_sets() -> None:
    credit(1000)
    commands.hold_many([NewHold(CREDIT, "CNY", 100, f"ord_{n}") for n in range(6)], at=AT)
    entries = [
        NewEntry(f"f{n}", f"ord_{n}", "funded", [Posting(CREDIT, ESCROW, 100, "CNY")]) for n in range(3)
    ]
    with transaction.atomic(), CaptureQueriesContext(connection) as statements:
        commands.capture_many(["ord_0", "ord_1", "ord_2"], entries, **WHO)
    assert len(statements) == 2
    with refused(HoldResolved):
        commands.capture_many(["ord_3", "ord_2"], [NewEntry("f", "s", "funded", [])], **WHO)
    with transaction.atomic(), CaptureQueriesContext(connection) as statements:
        assert commands.release_many(["ord_2", "ord_3", "ord_4", "ord_5"], at=AT) == 3
    assert len(statements) == 1
    assert Balance.objects.filter(account=CREDIT).values_list("amount", "held").get() == (-300, 0)


def test_a_snapshot_is_exact_and_taken_again_takes_only_what_is_new() -> None:
    commands.post_many([completed(n) for n in range(3)], **WHO)
    assert commands.take_snapshot(AT) == 8
    assert commands.take_snapshot(AT) == 0
    commands.post_many([completed(n) for n in range(3, 5)], **WHO)
    assert queries.balance("operator/fees", "CNY") == 5 * 2796
    assert commands.take_snapshot(AT) == 7
    assert queries.balance("operator/fees", "CNY") == 5 * 2796
    assert (
        Snapshot.objects.filter(account="operator/fees").order_by("pk").values_list("amount", flat=True)[1]
        == 5 * 2796
    )
    assert not list(queries.faults())


def test_postings_of_an_account_are_paged_and_signed() -> None:
    commands.post_many([completed(1)], **WHO)
    first = queries.postings_of(ESCROW, limit=4)
    rest = queries.postings_of(ESCROW, since_id=first[-1].id)
    assert [m.amount for m in first + rest] == [91571, 2714, 905, -84939, -7455, -2796]
    assert (first[0].other, first[0].key) == ("psp/x", "completed:so_1")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_posting SET amount = 1",
        "DELETE FROM ledger_posting",
        "UPDATE ledger_entry SET purpose = ''",
        "DELETE FROM ledger_entry",
        "UPDATE ledger_hold SET amount = 1",
        "UPDATE ledger_hold SET status = 'held', resolved_at = NULL",
        "UPDATE ledger_balance SET amount = amount - 1000",
        "UPDATE ledger_balance SET held = held + 1000",
        "UPDATE ledger_balance SET account = 'x'",
        f"{INSERT} SELECT id, 'a', 'a', 1, 'CNY', at FROM ledger_entry",
        f"{INSERT} SELECT id, 'a', 'b', 0, 'CNY', at FROM ledger_entry",
    ],
)
def test_the_database_itself_refuses(statement: str) -> None:
    credit(100)
    commands.hold(CREDIT, "CNY", 50, subject="ord_1", at=AT)
    commands.capture("ord_1", [Posting(CREDIT, ESCROW, 50, "CNY")], key="k", purpose="funded", **WHO)
    with pytest.raises(Error) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert isinstance(error.value, IntegrityError)


acts = st.one_of(
    st.tuples(
        st.just("post"), st.sampled_from(["bank", ESCROW, CREDIT]), st.sampled_from(["fees", ESCROW, CREDIT])
    ),
    st.tuples(st.just("hold"), st.sampled_from([ESCROW, CREDIT])),
    st.tuples(st.sampled_from(["capture", "release", "reverse", "snapshot"])),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(acts, st.integers(1, 400), st.integers(0, 5)), max_size=25))
def test_whatever_is_done_the_books_balance_and_no_floor_is_passed(
    done: list[tuple[tuple[str, ...], int, int]],
) -> None:
    with transaction.atomic():
        credit(500)
        for number, (what, amount, which) in enumerate(done):
            try:
                with transaction.atomic():
                    perform(what, amount, key=f"k{number}", other=f"k{which}", subject=f"ord_{which}")
            except Refusal:
                continue
        assert not list(queries.faults())
        for balance in Balance.objects.all():
            assert balance.amount - balance.held >= balance.floor
        paths = ["bank", "fees", ESCROW, CREDIT]
        assert sum(queries.balances(paths, "CNY").values()) == 0
        transaction.set_rollback(True)


def perform(what: tuple[str, ...], amount: int, *, key: str, other: str, subject: str) -> None:
    """One act of the walk above."""
    if what[0] == "post" and what[1] != what[2]:
        pay(what[1], what[2], amount, key=key)
    elif what[0] == "hold":
        commands.hold(what[1], "CNY", amount, subject=subject, at=AT)
    elif what[0] == "capture":
        commands.capture(subject, [Posting(CREDIT, ESCROW, amount, "CNY")], key=key, purpose="test", **WHO)
    elif what[0] == "release":
        commands.release(subject, at=AT)
    elif what[0] == "reverse":
        commands.reverse(other, key=key, **WHO)
    elif what[0] == "snapshot":
        commands.take_snapshot(AT)
