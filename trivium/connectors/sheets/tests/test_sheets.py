"""Sheets: what they say is so at the next read anywhere; twice is as once; what cannot be done is named, row by row."""

import csv
import io
from decimal import Decimal

import pytest
from django.db import transaction

from tests.journeys.market import Market
from tests.kept import market_of
from trivium.catalog import queries as catalog
from trivium.connectors.sheets.importing import BATCH
from trivium.core.jobs import drain
from trivium.core.models import EventRecord
from trivium.integration import commands, queries
from trivium.integration.errors import BadCell, MissingColumns, NotASheet, StillRunning
from trivium.integration.rules import HEADINGS, Kind, key_of, read_prices, read_unit, read_yes, write_prices
from trivium.shelf import queries as shelf

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


class Ground:
    """A supplier with two skus, its partner, and a buyer who reads the shelf."""

    def __init__(self) -> None:
        self.market = Market()
        self.supplier = self.market.supplier("Chenguang Lighting")
        self.buyer = self.market.buyer("Yuelai Hotel", self.market.partner("Lianca"))
        self.lamp = self.market.sku(self.supplier, "DL-201", [(1, "100.00"), (10, "95.00")])
        self.bulb = self.market.sku(self.supplier, "BL-7", [(1, "4.50")])

    def take(self, *lines: str, encoding: str = "utf-8", language: str = "en"):
        content = "\n".join(lines).encode(encoding)
        ref = commands.ask_import(
            self.supplier.actor, [content], file_name="goods.csv", kind=Kind.GOODS, language=language
        )
        drain()
        return queries.get_import(self.supplier.actor, ref)

    def kept(self, ref: str) -> list[dict[str, str]]:
        text = b"".join(queries.quarantine(self.supplier.actor, ref)).decode()
        return list(csv.DictReader(io.StringIO(text)))

    def offer(self, code: str):
        return next((o for o in shelf.offers(self.buyer.actor, limit=100) if o.code == code), None)


@pytest.fixture
def ground(db) -> Ground:
    return market_of(Ground)


def test_what_a_sheet_says_is_so_at_the_next_read(ground):
    done = ground.take(
        "code,name,name_en,prices,stock,moq,listed",
        'DL-201,台灯,Desk lamp,"1: 90.00; 20: 85.5",77,2,1',
        "BL-7,,Bulb,5,,,否",
    )
    assert (done.status, done.rows, done.traded_lines, done.known_lines, done.kept_lines) == ("done", 2, 2, 0, 0)
    lamp = ground.offer("DL-201")
    assert (lamp.unit_price, lamp.available, lamp.moq, lamp.name) == (Decimal(90), 77, 2, "Desk lamp")
    steps = queries.standing(ground.supplier.actor, [ground.lamp]).steps[ground.lamp]
    assert steps == [(1, Decimal(90)), (20, Decimal("85.5"))]  # the step from 10 on is gone
    assert ground.offer("BL-7") is None
    assert catalog.tradable([ground.bulb])[ground.bulb].name["en"] == "Bulb"


def test_new_goods_and_a_further_size_come_in(ground):
    category = catalog.categories()[0]
    done = ground.take(
        "编码,中文名称,英文名称,品类,单位,起批量,递增量,价格,库存,同款编码",
        f"NEW-1,洗手液,Hand wash,{category.code},瓶,6,6,12.50,60,",
        "NEW-1L,洗手液 1 升,,,瓶,6,6,22,30,NEW-1",
    )
    assert (done.traded_lines, done.known_lines, done.kept_lines) == (2, 0, 0)
    small, large = ground.offer("NEW-1"), ground.offer("NEW-1L")
    assert small.product_ref == large.product_ref and (small.unit, small.moq) == ("bottle", 6)
    assert (small.unit_price, large.unit_price, large.available) == (Decimal("12.5"), Decimal(22), 30)


def test_the_same_sheet_again_changes_nothing(ground):
    category = catalog.categories()[0].code
    lines = (
        "code,name,name_en,description,category,unit,moq,step,prices,stock,listed,variant_of",
        f"DL-201,台灯,Desk lamp,好灯,{category},pcs,2,2,1:90;20:85,77,1,",
        f"N-1,新品,New,,{category},box,1,1,3.2,5,1,",
        "N-2,新品大,New large,,,box,1,1,6.1,5,0,N-1",
    )
    ground.take(*lines)
    events = EventRecord.objects.exclude(name__startswith="Import").count()
    again = ground.take(*lines)
    assert (again.rows, again.traded_lines, again.known_lines, again.kept_lines) == (3, 3, 3, 0)
    assert EventRecord.objects.exclude(name__startswith="Import").count() == events


def test_the_range_as_it_is_written_out_changes_nothing_when_read_in(ground):
    ground.take("code,name,prices,stock,listed,description", "DL-201,台灯,1:9;10:8.125,5,1,很亮", "BL-7,灯泡,,0,0,")
    for language in ("en", "zh-hans"):
        out = io.StringIO()
        csv.writer(out).writerows(queries.sheet(ground.supplier.actor, language=language))
        done = ground.take(*out.getvalue().splitlines())
        assert (done.rows, done.known_lines, done.kept_lines) == (2, 2, 0), ground.kept(done.ref)


def test_rows_that_cannot_be_done_are_kept_with_row_and_reason_and_change_nothing(ground):
    before = ground.offer("DL-201")
    lines = (
        "code,name,category,prices,stock,listed,variant_of",
        "DL-201,Lamp,,90,abc,1,",  # the stock cannot be read: the price is not changed either
        "DL-201,Lamp,,90,5,1,",
        ",Nobody,,1,1,1,",
        "NEW-9,新,no such,1,1,1,",
        "NEW-8,,,1,1,1,NOWHERE",
        "BL-7,Bulb,,0,,,",
        "BL-8,Bulb,,1,,,",
        "TOO,LONG,,1,1,1,,x,y",
    )
    done = ground.take(*lines)
    assert (done.status, done.rows, done.traded_lines, done.kept_lines) == ("done", 8, 0, 8)
    assert done.reasons == {"not_taken": 5, "twice": 1, "malformed": 2}
    kept = ground.kept(done.ref)
    assert [row["row"] for row in kept] == list("12345678")
    assert "quantity" in kept[0]["reason"] and "no such" in kept[3]["reason"]
    assert "a new product needs a name and a category" in kept[6]["reason"]
    assert ground.offer("DL-201") == before and ground.offer("NEW-9") is None


def test_reasons_are_in_the_language_of_whoever_handed_it_in(ground):
    done = ground.take("编码,价格", "DL-201,一百", language="zh-hans")
    (row,) = ground.kept(done.ref)
    assert "。" in row["reason"]


def test_more_rows_than_a_batch_and_a_spreadsheet_from_a_chinese_office(ground):
    place = catalog.categories()[0].name["en"]
    rows = [f"P-{n};桶装水 {n};{place};瓶;{n + 1}.50;{n}" for n in range(BATCH + 20)]
    done = ground.take("编码;中文名称;分类;单位;价格;库存", *rows, encoding="gb18030")
    assert (done.rows, done.traded_lines, done.kept_lines) == (BATCH + 20, BATCH + 20, 0), done.reasons
    found = catalog.entries_by_code(ground.supplier.actor.organization_id, ["P-3"])
    assert found["P-3"].name == {"zh-hans": "桶装水 3"}


def test_begun_anew_after_a_kill_it_goes_on_after_the_last_row_done(ground, monkeypatch):
    """Killed in the middle of a row: the row is undone with its progress, and done once on the way on."""
    from trivium.connectors.sheets.taking import Taker

    real, calls = Taker._stock, []

    def dies(self, sku_ref, cells):
        calls.append(sku_ref)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(self, sku_ref, cells)

    content = b"code,prices,stock\nDL-201,50,5\nBL-7,2,6\n"
    ref = commands.ask_import(ground.supplier.actor, [content], file_name="g.csv", kind=Kind.GOODS)
    monkeypatch.setattr(Taker, "_stock", dies)
    with pytest.raises(KeyboardInterrupt):
        commands.work_piece(ref, 1, seconds=10)
    assert queries.get_import(ground.supplier.actor, ref).rows == 1
    assert ground.offer("BL-7").unit_price == Decimal("4.5")
    monkeypatch.setattr(Taker, "_stock", real)
    drain()
    done = queries.get_import(ground.supplier.actor, ref)
    assert (done.status, done.rows, done.traded_lines, done.known_lines) == ("done", 2, 2, 0)
    assert ground.offer("BL-7").unit_price == Decimal(2)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [(b"a,b\n1,2\n", MissingColumns), (b"\x89PNG\r\n\x1a\n\x00\xff", NotASheet), (b"code,code\n1,2\n", MissingColumns)],
)
def test_another_file_is_refused(ground, content, refusal):
    with pytest.raises(refusal), transaction.atomic():
        commands.ask_import(ground.supplier.actor, [content], file_name="x.csv", kind=Kind.GOODS)
    assert queries.imports(ground.supplier.actor) == []


def test_a_second_sheet_waits_for_the_first(ground):
    commands.ask_import(ground.supplier.actor, [b"code\nX\n"], file_name="1.csv", kind=Kind.GOODS)
    with pytest.raises(StillRunning), transaction.atomic():
        commands.ask_import(ground.supplier.actor, [b"code\nX\n"], file_name="2.csv", kind=Kind.GOODS)


def test_cells_are_read_as_people_write_them():
    assert read_prices("￥1,200.5", "A") == [(Decimal(1), Decimal("1200.5"))]
    assert read_prices("10：9；1：10.00", "A") == [(Decimal(1), Decimal(10)), (Decimal(10), Decimal(9))]
    assert write_prices([(Decimal(1), Decimal("9.5"))]) == "9.50"
    assert write_prices([(Decimal(1), Decimal(10)), (Decimal("2.5"), Decimal("9.125"))]) == "1: 10.00; 2.5: 9.125"
    assert (read_yes("是"), read_yes("No"), read_unit("公斤"), read_unit("BOX")) == (True, False, "kg", "box")
    for wrong in ("1:2:3", "1:2;1:3", ";"):
        with pytest.raises(BadCell):
            read_prices(wrong, "A")
    assert {key_of(name) for names in HEADINGS.values() for name in names} == set(HEADINGS)
