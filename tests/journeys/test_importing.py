"""Imports through the portal: asked, released, traded in pieces; nothing lost or doubled, nobody else touched."""

import csv
import random
from pathlib import Path

import pytest
from django.db import transaction

from tests.journeys.ground import sweep_the_floor
from tests.journeys.market import Company, Market
from trivium.connectors.invoices.tests.test_replay import (
    ORDERS,
    REASONS,
    ROWS,
    TRADED_LINES,
    TRADED_PENNIES,
    write_csv,
    write_parquet,
)
from trivium.core import sql
from trivium.core.errors import Denied, NotFound, Refusal, WrongState
from trivium.core.jobs import drain
from trivium.integration import commands, queries
from trivium.integration.errors import AlreadyRunning, EmptyFile, FileTooLarge, MissingColumns, NotInvoices
from trivium.integration.rules import Status
from trivium.inventory import queries as stock
from trivium.project import audit

pytestmark = pytest.mark.django_db


class Shop:
    """A supplier with a signed contract, a rival, and the file of the replay's tests."""

    def __init__(self, folder: Path) -> None:
        self.market = Market()
        self.supplier, self.rival = self.market.supplier("Lumen"), self.market.supplier("Rival")
        self.operator = self.market.operator.actor
        self.file = write_csv(folder / "dirty.csv")

    def ask(self, company: Company | None = None) -> str:
        actor = (company or self.supplier).actor
        return commands.ask_import(actor, [self.file.read_bytes()], file_name=self.file.name)

    def run(self, ref: str) -> queries.ImportRow:
        commands.release_import(self.operator, ref)
        drain()
        return self.row(ref)

    def row(self, ref: str) -> queries.ImportRow:
        return queries.get_import(self.operator, ref)


@pytest.fixture
def its(settings, tmp_path) -> Shop:
    settings.MEDIA_ROOT = tmp_path / "files"
    return Shop(tmp_path)


def sold() -> tuple[int, int]:
    """Orders signed for, and their pennies."""
    signed = "FROM ordering_supplierorder WHERE status = 'signed'"
    return sql.rows(f"SELECT count(*), coalesce(sum(goods), 0)::bigint {signed}")[0]


def kept(its: Shop, ref: str) -> list[int]:
    text = b"".join(queries.quarantine(its.supplier.actor, ref)).decode()
    return [int(row["row"]) for row in csv.DictReader(text.splitlines())]


def check_whole(its: Shop, ref: str) -> None:
    row = its.row(ref)
    assert row.status == Status.DONE, row.fault
    assert (row.rows, row.total_rows) == (len(ROWS), len(ROWS))
    assert (row.traded_lines, row.traded_amount) == (TRADED_LINES, TRADED_PENNIES)
    assert (row.kept_lines, row.kept_amount) == (8, sum(amount for _, amount in REASONS.values()))
    assert row.reasons == {reason: lines for reason, (lines, _) in REASONS.items()}
    assert sold() == (ORDERS, TRADED_PENNIES)
    assert kept(its, ref) == [5, 7, 8, 9, 10, 11, 12, 13]
    assert list(audit.faults()) == []


@pytest.mark.parametrize("write", [write_csv, write_parquet])
def test_a_file_waits_for_the_operator_and_is_then_traded_whole(its, tmp_path, write):
    its.file = write(tmp_path / "other.file")
    ref = its.ask()
    drain()
    assert (its.row(ref).status, its.row(ref).rows, sold()) == (Status.WAITING, 0, (0, 0))
    its.run(ref)
    check_whole(its, ref)
    assert its.row(ref).orders == ORDERS


def test_the_same_file_again_trades_nothing(its):
    its.run(its.ask())
    levels = sql.rows("SELECT sku_id, on_hand FROM inventory_stocklevel ORDER BY 1, 2")
    second = its.run(its.ask())
    assert (second.status, second.orders, second.known_lines) == (Status.DONE, 0, TRADED_LINES)
    assert sold() == (ORDERS, TRADED_PENNIES)
    assert sql.rows("SELECT sku_id, on_hand FROM inventory_stocklevel ORDER BY 1, 2") == levels


@pytest.fixture
def floor():
    """Nothing of what others committed, and nothing left behind."""
    sweep_the_floor()
    yield
    sweep_the_floor()


class Killed(BaseException):
    """Stands for kill -9: nothing after it runs."""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(4))
def test_killed_anywhere_and_begun_anew_it_neither_doubles_nor_loses_a_line(floor, its, seed, monkeypatch):
    """Each run dies before some statement, whatever was committed by then stays; the last one runs through."""
    dice, ref = random.Random(seed), its.ask()
    commands.release_import(its.operator, ref)
    real, alive = sql.execute, [0]

    def mortal(function):
        def run(*args, **kwargs):
            alive[0] -= 1
            if alive[0] == 0:
                raise Killed
            return function(*args, **kwargs)

        return run

    monkeypatch.setattr(sql, "execute", mortal(real))
    monkeypatch.setattr(sql, "rows", mortal(sql.rows))
    died = 0
    while its.row(ref).status == Status.RUNNING:
        alive[0] = dice.randrange(3, 90) if died < 12 else 10**9
        piece = sql.rows("SELECT piece FROM integration_importjob WHERE ref = %s", [ref])[0][0]
        try:
            commands.work_piece(ref, piece, seconds=dice.choice([0, 0, 60]))
        except Killed:
            died += 1
        alive[0] = 10**9
        assert died or its.row(ref).rows
    assert died > 2
    drain()
    check_whole(its, ref)


def test_an_import_touches_nobody_elses_prices_stock_or_delivery(its):
    its.market.currency = "GBP"
    sku = its.market.sku(its.supplier, "22423", [(1, "99.00")], stock=7)
    its.run(its.ask())
    sku_id = sql.rows("SELECT id FROM catalog_sku WHERE ref = %s", [sku])[0][0]
    assert int(stock.available([sku_id])[sku_id]) == 7
    where = "FROM pricing_freightrate WHERE supplier_id = %s"
    rates = sql.rows(f"SELECT delivery_method, region_prefix {where}", [its.supplier.id])
    assert sorted(rates) == [("import", "IMPORT"), ("standard", "")]
    levels = sql.rows("SELECT DISTINCT l.buyer_level FROM pricing_pricelist l WHERE l.name = 'Replayed invoices'")
    assert levels == [("import",)]


def test_a_supplier_hands_in_only_its_own_and_sees_only_its_own(its):
    ref = its.ask()
    with pytest.raises(NotFound), transaction.atomic():
        commands.ask_import(its.supplier.actor, [b"x"], file_name="x", supplier_ref=its.rival.ref)
    for wrong in (ref, "imp_nothing"):
        with pytest.raises(NotFound):
            queries.get_import(its.rival.actor, wrong)
    with pytest.raises(NotFound):
        queries.quarantine(its.rival.actor, ref)
    assert queries.imports(its.rival.actor) == []
    assert [row.ref for row in queries.imports(its.supplier.actor)] == [ref]
    with pytest.raises(Denied), transaction.atomic():
        commands.release_import(its.supplier.actor, ref)
    with pytest.raises(Denied):
        queries.imports(its.market.house.actor)


def test_the_operator_hands_in_for_a_supplier_it_names(its):
    data = [its.file.read_bytes()]
    for wrong in (None, its.market.house.ref, "org_nobody"):
        with pytest.raises(NotFound), transaction.atomic():
            commands.ask_import(its.operator, data, file_name="x", supplier_ref=wrong)
    ref = commands.ask_import(its.operator, data, file_name="x", supplier_ref=its.supplier.ref)
    assert its.row(ref).supplier_ref == its.supplier.ref


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", EmptyFile),
        (b"PAR1 and then nothing", NotInvoices),
        (b"a,b\n1,2\n", MissingColumns),
        (b"\x89PNG\r\n\x1a\n\x00\x00", MissingColumns),
        (b"x" * 1_000_001, FileTooLarge),
    ],
)
def test_what_is_no_such_file_is_refused_by_name_and_kept_nowhere(its, settings, content, refusal):
    settings.TRIVIUM = {**settings.TRIVIUM, "IMPORT_MEGABYTES": 1}
    with pytest.raises(Refusal) as refused, transaction.atomic():
        commands.ask_import(its.supplier.actor, [content], file_name="invoices.parquet")
    assert (type(refused.value), refused.value.field) == (refusal, "file")
    if refusal is MissingColumns:
        assert "InvoiceNo" in refused.value.params["missing"]
    assert queries.imports(its.operator) == []
    assert list((settings.MEDIA_ROOT / "imports").iterdir()) == []


def test_one_import_of_a_supplier_runs_at_a_time_and_a_declined_one_never(its):
    first, second, third = its.ask(), its.ask(), its.ask(its.rival)
    commands.release_import(its.operator, first)
    with pytest.raises(AlreadyRunning), transaction.atomic():
        commands.release_import(its.operator, second)
    commands.release_import(its.operator, third)
    commands.decline_import(its.operator, second)
    with pytest.raises(WrongState), transaction.atomic():
        commands.release_import(its.operator, second)
    drain()
    assert [its.row(ref).status for ref in (first, second, third)] == [Status.DONE, Status.DECLINED, Status.DONE]


def test_a_piece_that_was_done_is_left_alone(its):
    ref = its.ask()
    commands.release_import(its.operator, ref)
    commands.work_piece(ref, 1, seconds=0)
    before = its.row(ref)
    assert 0 < before.rows < len(ROWS)
    commands.work_piece(ref, 1, seconds=60)
    assert its.row(ref) == before
    drain()
    check_whole(its, ref)


def test_what_the_house_refuses_as_a_whole_ends_it_with_words_and_it_can_be_released_again(its):
    ref = its.ask()
    commands.release_import(its.operator, ref)
    sql.execute("UPDATE parties_membership SET ends_at = now() WHERE user_id = %s", [its.operator.user_id])
    drain()
    row = its.row(ref)
    assert row.status == Status.FAILED and "not_found" in row.fault
    sql.execute("UPDATE parties_membership SET ends_at = NULL")
    its.run(ref)
    check_whole(its, ref)


def test_the_audit_names_an_import_nobody_works_on_and_one_that_lost_a_line(its):
    ref = its.ask()
    commands.release_import(its.operator, ref)
    sql.execute("DELETE FROM procrastinate_jobs")
    sql.execute("UPDATE integration_importjob SET reasons = %s", ['{"refused": 1}'])
    assert [fault.promise for fault in queries.faults() if ref in fault.subject] == [6, 8]

