"""Files through the whole flow: nothing is lost, nothing is doubled, every sum is exact."""

import csv
import datetime as dt
import io
import os
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import psycopg
import pyarrow
import pyarrow.parquet as parquet
import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo
from rich.console import Console

from trivium.connectors.invoices.batches import days
from trivium.connectors.invoices.market import Market
from trivium.connectors.invoices.reader import COLUMNS, BadFile, count_rows, read_rows
from trivium.connectors.invoices.replay import FAILED, FINE, USAGE, Read, matches, run
from trivium.connectors.invoices.sorting import Line, judge
from trivium.connectors.invoices.trading import Desk, Traded
from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.time import SettableClock, use_clock
from trivium.parties import commands as parties
from trivium.parties import queries as people
from trivium.settlement import commands as settlement

REAL = Path(__file__).parents[5] / "shared/data/online_retail/dev_2010-12_to_2011-08.parquet"
UK = "United Kingdom"

Row = tuple[str, str, str, int, str, float, str, str]
# Two months; each way of being dirty; each way of being odd and still tradable.
ROWS: list[Row] = [
    ("536365", "85123A", "WHITE HEART", 6, "2010-12-01 08:26:00", 2.55, "17850", UK),
    ("536365", "22423", "CAKESTAND", 1, "2010-12-01 08:27:00", 12.75, "17850", UK),
    ("536365", "22423", "CAKESTAND", 1, "2010-12-01 08:27:00", 12.75, "17850", UK),  # scanned twice
    ("536366", "85123a", "RED HEART", 4, "2010-12-01 08:28:00", 0.001, "13047", "EIRE"),  # comes to nothing
    ("C536367", "85123A", "WHITE HEART", -1, "2010-12-01 09:00:00", 2.55, "17850", UK),
    ("536368", "85123A", "WHITE HEART", 64, "2010-12-01 09:10:00", 2.1, "13047", "EIRE"),
    ("536368", "POST", "POSTAGE", 1, "2010-12-01 09:10:00", 18.0, "13047", "EIRE"),
    ("536369", "22423", "damaged", -5, "2010-12-01 09:20:00", 0.0, "", UK),
    ("536370", "22423", "CAKESTAND", 2, "2010-12-01 09:30:00", 0.0, "17850", UK),
    ("536371", "22423", "CAKESTAND", 2, "2010-12-01 09:31:00", 25.49, "", UK),
    ("A53637", "B", "Adjust bad debt", 1, "2010-12-01 09:32:00", -11062.06, "", UK),
    ("536372", "22423", "  ", 1, "2010-12-01 09:33:00", 12.75, "17850", UK),
    ("536373", "22423", "CAKESTAND", 900_000, "2010-12-01 09:34:00", 12.75, "17850", UK),
    ("536374", "22423", "CAKESTAND AGAIN", 1, "2010-12-02 10:00:00", 10.95, "17850", UK),
    ("536374", "22423", "CAKESTAND", 1, "2010-12-02 10:00:00", 12.75, "17850", UK),  # two prices on one invoice
    ("536375", "85123A", "WHITE HEART", 6, "2011-01-04 10:00:00", 2.95, "13047", "EIRE"),
    ("536365", "84029G", "HOT WATER BOTTLE", 3, "2011-01-04 10:05:00", 3.39, "17850", UK),  # goes on a month later
]
REASONS = {
    "credit_note": (1, -255),
    "not_a_product": (1, 1800),
    "write_off": (1, 0),
    "zero_price": (1, 0),
    "no_customer": (1, 5098),
    "negative_price": (1, -1106206),
    "blank_description": (1, 1275),
    "absurd": (1, 1147500000),
}
TRADED_LINES, TRADED_PENNIES, ORDERS = 9, 1530 + 2550 + 0 + 13440 + 1095 + 1275 + 1770 + 1017, 7
TABLES = (
    "ordering_order ordering_orderline ledger_entry ledger_posting inventory_movement core_event settlement_statement "
    "settlement_payment fulfilment_shipment catalog_sku pricing_price parties_organization parties_user "
    "procrastinate_jobs"
).split()


def write_csv(path: Path, rows: Sequence[Sequence[object]] = ROWS) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *rows])
    return path


def write_parquet(path: Path, rows: Sequence[Row] = ROWS) -> Path:
    columns: dict[str, list[object]] = {
        name: list(its) for name, its in zip(COLUMNS, zip(*rows, strict=True), strict=True)
    }
    columns["InvoiceDate"] = [dt.datetime.fromisoformat(str(at)) for at in columns["InvoiceDate"]]
    parquet.write_table(pyarrow.table(columns), path)
    return path


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"


@pytest.fixture
def screen() -> Console:
    return Console(file=io.StringIO(), width=200)


def shown(screen: Console) -> str:
    return screen.file.getvalue()


def kept(stem: str, settings) -> list[dict[str, str]]:
    with (settings.DATA_DIR / "replay" / f"{stem}.quarantine.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def counts() -> dict[str, int]:
    return {name: sql.rows(f"SELECT count(*) FROM {name}")[0][0] for name in TABLES}


def books() -> tuple[int, int, int]:
    """Orders completed, their pennies, and what lies in escrow."""
    done = sql.rows(
        "SELECT count(*), coalesce(sum(goods), 0)::bigint FROM ordering_supplierorder WHERE status = 'completed'"
    )
    flow = "SELECT coalesce(sum({sign}amount), 0)::bigint FROM ledger_posting WHERE {side} LIKE 'escrow/%%'"
    escrow = sum(
        sql.rows(flow.format(sign=s, side=side), [])[0][0] for s, side in (("", "destination"), ("-", "source"))
    )
    return *done[0], escrow


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("write", [write_csv, write_parquet])
def test_every_line_is_traded_or_kept_and_a_second_run_changes_nothing(write, tmp_path, screen, settings):
    path = write(tmp_path / "dirty.file")

    assert run(path, None, screen) == FINE
    last = shown(screen).strip().splitlines()[-1]
    assert last.startswith(f"{len(ROWS)} lines in, {TRADED_LINES} traded, 8 quarantined, ")

    found = kept("dirty", settings)
    assert {r["reason"]: 1 for r in found} == dict.fromkeys(REASONS, 1)
    assert [int(r["row"]) for r in found] == [5, 7, 8, 9, 10, 11, 12, 13]
    assert [r["also"] for r in found if r["reason"] == "write_off"] == ["zero_price no_customer"]
    assert found[0]["StockCode"] == "85123A"

    assert books() == (ORDERS, TRADED_PENNIES, 0)
    lines = sql.rows("SELECT code, quantity, unit_price FROM ordering_orderline ORDER BY id")
    assert [(code, int(quantity), price) for code, quantity, price in lines] == [
        ("85123A", 6, Decimal("2.55")),
        ("22423", 2, Decimal("12.75")),
        ("85123a", 4, Decimal("0.001")),
        ("85123A", 64, Decimal("2.1")),
        ("22423", 1, Decimal("10.95")),
        ("22423", 1, Decimal("12.75")),
        ("85123A", 6, Decimal("2.95")),
        ("84029G", 3, Decimal("3.39")),
    ]
    numbers = sql.rows("SELECT po_number FROM ordering_order ORDER BY id")
    assert [row[0] for row in numbers] == ["536365", "536366", "536368", "536374", "536374", "536375", "536365"]
    closed = (
        "SELECT count(*), count(DISTINCT statement_id), count(DISTINCT person_id) FROM settlement_statementconfirmation"
    )
    assert sql.rows(closed) == [(4, 2, 2)]
    assert sql.rows("SELECT count(*) FROM ordering_order WHERE placed_at::date = '2010-12-01'") == [(3,)]
    assert sql.rows("SELECT count(*) FROM procrastinate_jobs WHERE status <> 'succeeded'") == [(0,)]

    before = counts()
    assert run(path, None, screen) == FINE
    assert counts() == before
    assert f"{TRADED_LINES} traded ({TRADED_LINES} of them before)" in shown(screen)
    assert kept("dirty", settings) == found


@pytest.mark.django_db(transaction=True)
def test_a_run_cut_inside_an_invoice_is_made_whole_by_the_next(tmp_path, screen):
    path = write_csv(tmp_path / "dirty.csv")
    assert run(path, 2, screen) == FINE
    assert books() == (1, 1530 + 1275, 0)
    assert run(path, None, screen) == FINE
    assert books() == (ORDERS + 1, TRADED_PENNIES, 0)
    before = counts()
    assert run(path, None, screen) == FINE
    assert counts() == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("days_later", [0, 1, 2, 9])
def test_orders_a_killed_run_left_are_taken_up_where_they_stand(days_later, tmp_path, screen):
    path = write_csv(tmp_path / "dirty.csv")
    (day, *_later) = days(line for row in read_rows(path) if isinstance(line := judge(row), Line))
    clock = SettableClock(day[0].at)
    with use_clock(clock):
        desk = Desk(Market(path.stem), clock)
        desk.work(day)
        desk._go_to(clock.at + dt.timedelta(days=days_later))  # and then the process dies
    assert books()[0] == (3 if days_later == 9 else 0)
    assert run(path, None, screen) == FINE
    assert books() == (ORDERS, TRADED_PENNIES, 0)
    assert sql.rows("SELECT count(*) FROM fulfilment_shipment WHERE signed_at IS NULL") == [(0,)]


class Killed(BaseException):
    """Where a process would end, nothing is caught."""


@pytest.mark.django_db(transaction=True)
def test_a_statement_only_one_side_had_confirmed_is_closed_by_the_next_run(tmp_path, screen, monkeypatch):
    path = write_csv(tmp_path / "dirty.csv")
    confirm = settlement.confirm_statement

    def killed_in_between(actor: Actor, ref: str) -> bool:
        if actor.is_role("operator"):
            raise Killed
        return confirm(actor, ref)

    with monkeypatch.context() as patch:
        patch.setattr(settlement, "confirm_statement", killed_in_between)
        with pytest.raises(Killed):
            run(path, None, screen)
    assert sql.rows("SELECT side FROM settlement_statementconfirmation") == [("party",)]
    assert run(path, None, screen) == FINE
    assert books() == (ORDERS, TRADED_PENNIES, 0)
    assert sql.rows("SELECT DISTINCT count(*) FROM settlement_statementconfirmation GROUP BY statement_id") == [(2,)]


@pytest.mark.django_db(transaction=True)
def test_an_order_the_platform_refuses_is_kept_with_its_words(tmp_path, screen, settings):
    path = write_csv(tmp_path / "dirty.csv")
    assert run(path, 1, screen) == FINE
    buyer = people.organizations_by_external_id(["invoices:dirty:17850"])["invoices:dirty:17850"]
    parties.suspend(Actor.system("tests"), buyer.ref, reason="Fraud")
    assert run(path, None, screen) == FINE
    refused = [r for r in kept("dirty", settings) if r["reason"] == "refused"]
    assert [r["row"] for r in refused] == ["2", "3", "14", "15", "17"]
    assert "suspended" in refused[0]["detail"]
    assert sql.rows("SELECT count(*) FROM ordering_order") == [(4,)]


@pytest.mark.django_db(transaction=True)
def test_an_invoice_of_a_thousand_lines_is_one_order(tmp_path, screen):
    rows = [
        ("7", f"{10_000 + i}", "THING", i % 7 + 1, "2010-12-01 08:26", (i % 90 + 3) / 20, "1", UK) for i in range(1100)
    ]
    assert run(write_csv(tmp_path / "long.csv", rows), None, screen) == FINE
    assert sql.rows("SELECT count(*), count(DISTINCT supplier_order_id) FROM ordering_orderline") == [(1100, 1)]
    assert books()[::2] == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_two_replays_never_run_at_once(tmp_path, screen):
    path = write_csv(tmp_path / "dirty.csv")
    with psycopg.connect(_address()) as other:
        other.execute("SELECT pg_advisory_lock(hashtext('trivium replay'))")
        assert run(path, None, screen) == FAILED
    assert "Another replay" in shown(screen)
    assert sql.rows("SELECT count(*) FROM ordering_order") == [(0,)]


def _address() -> str:
    return make_conninfo(os.environ["DATABASE_URL"], dbname=connection.settings_dict["NAME"])


@pytest.mark.django_db(transaction=True)
def test_a_file_without_anything_to_trade_makes_nothing(tmp_path, screen):
    before = counts()
    assert run(write_csv(tmp_path / "none.csv", [ROWS[4]]), None, screen) == FINE
    assert run(write_csv(tmp_path / "empty.csv", []), None, screen) == FINE
    assert counts() == before
    assert "0 lines in, 0 traded, 0 quarantined" in shown(screen)


@pytest.mark.django_db(transaction=True)
def test_the_first_lines_of_the_real_file(screen):
    if not REAL.exists():
        pytest.skip(f"NOT TESTED on real invoices: {REAL} is not there")
    lines = 300
    assert run(REAL, lines, screen) == FINE
    amounts = [judge(row).amount for row in read_rows(REAL, lines) if isinstance(judge(row), Line)]
    completed, pennies, escrow = books()
    assert (pennies, escrow) == (sum(amounts), 0)
    assert completed == sql.rows("SELECT count(*) FROM ordering_order")[0][0]
    assert f"{lines} lines in, {len(amounts)} traded, {lines - len(amounts)} quarantined" in shown(screen)


@pytest.mark.django_db
def test_a_file_that_is_no_invoices_is_a_wrong_use(tmp_path, screen):
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n")
    assert run(path, None, screen) == USAGE
    assert "lacks the columns InvoiceNo" in shown(screen)
    path.write_bytes(b"PAR1 and then nothing")
    assert run(path, None, screen) == USAGE


def test_sums_that_do_not_match_are_a_failure():
    assert matches(Read(3, 300), Traded(lines=1, amount=100, known_lines=1, known_amount=50), 1, 150)
    assert not matches(Read(3, 300), Traded(lines=2, amount=100), 0, 200)
    assert not matches(Read(3, 300), Traded(lines=2, amount=100), 1, 199)
    assert FAILED == 1


def test_csv_rows_are_numbered_and_faults_are_named(tmp_path):
    path = tmp_path / "odd.csv"
    heading = ",".join(reversed(COLUMNS))
    text = f'{heading}\r\n{UK},1,2.5,2010-12-01,6,"CAF\xc9, GR\xdcN",22423,536365\r\n\r\nUK,1\r\n1,2,3,4,5,6,7,8,9\r\n'
    path.write_bytes(text.encode("latin-1"))
    rows = list(read_rows(path))
    assert [(row.number, row.fault) for row in rows] == [
        (1, ""), (2, "2 fields instead of 8"), (3, "9 fields instead of 8"),
    ]  # fmt: skip
    assert rows[0].values[:4] == ("536365", "22423", "CAFÉ, GRÜN", "6")
    assert count_rows(path) is None
    assert [row.number for row in read_rows(path, 2)] == [1, 2]
    path.write_text("")
    with pytest.raises(BadFile):
        list(read_rows(path))
