"""Documents as PDF: what stands on them, for whom, in which language, and that nothing is drawn as an empty box."""

import csv
import io
import os
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest
import typst
from django.utils import translation
from PIL import Image

from trivium.core import documents
from trivium.core.jobs import drain
from trivium.core.tests.drawn import pages_of_pdf, text_of_pdf
from trivium.fulfilment import commands as fulfilment
from trivium.fulfilment import queries as shipping
from trivium.ordering import commands as ordering
from trivium.ordering import queries as orders
from trivium.parties import commands as parties
from trivium.parties import queries as companies
from trivium.pricing import queries as pricing
from trivium.settlement import commands as settlement
from trivium.settlement import queries as money
from trivium.web.shared.documents import COMPOSERS
from trivium.web.shared.documents.frame import TEMPLATES
from trivium.web.tests.test_acts import confirmed

pytestmark = pytest.mark.django_db
needs_cjk = pytest.mark.skipif(not documents.has_cjk(), reason="no Chinese font here (on Debian: fonts-noto-cjk)")


def text(hands: Any, path: str) -> str:
    """The text of a document somebody downloads."""
    answer = hands.client.get(f"/{hands.actor.role}/{path}")
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf", path
    assert re.fullmatch(r'attachment; filename="[a-z-]+-[\w-]+\.pdf"', answer["Content-Disposition"])
    return text_of_pdf(answer.content)


@pytest.fixture
def shipped(trade: Any, clock: Any) -> Iterator[Any]:
    """An order of two suppliers, of which one has shipped its part in two parcels."""
    trade.ref = confirmed(trade, (trade.lamp, 10), (trade.rail, 3), po_number='PO-7 "#[*x*]"')
    parts = orders.get_order(trade.market.operator.actor, trade.ref)["supplier_orders"]
    trade.part = next(p["ref"] for p in parts if p["supplier"]["ref"] == trade.s1.ref)
    trade.due = sum(part["due"] for part in parts)
    yield trade


def pay(trade: Any) -> str:
    """Pay the order, ship the first supplier's part; the shipment."""
    settlement.record_bank_transfer(trade.market.operator.actor, trade.ref, amount=trade.due, reference="BOC-1")
    drain()
    sent = fulfilment.dispatch(trade.s1.actor, trade.part, carrier="Own delivery", tracking_numbers=["SF-1", "SF-2"])
    return str(sent.ref)


def test_an_order_says_what_is_to_be_paid_until_when_and_how(shipped: Any) -> None:
    found = text(shipped.at(shipped.buyer.actor), f"orders/{shipped.ref}/document.pdf")
    number = orders.get_order(shipped.buyer.actor, shipped.ref)["number"]
    for said in ("Order confirmation", number, 'PO-7 "#[*x*]"', "¥1,077.99", "¥950.00", "¥95.00", "¥99.99", "1/1",
                 "Yuelai Hotel", "Lianca Trading", "Chenguang Lighting", "Hengtai Bathroom", "Keyuan",
                 "China"):  # fmt: skip
        assert said in found, said
    assert f"Transfer exactly ¥1,077.99 and name {number}" in found.replace("\n", " ")
    pay(shipped)
    found = text(shipped.at(shipped.buyer.actor), f"orders/{shipped.ref}/document.pdf")
    assert "Paid: ¥1,077.99" in found and "Transfer" not in found


def test_a_supplier_reads_its_own_part_alone(shipped: Any) -> None:
    found = text(shipped.at(shipped.s1.actor), f"orders/{shipped.ref}/document.pdf")
    assert "Product DL-201" in found and "¥865.50" in found  # 950.00 less 104.50, and 20.00 of freight
    assert "TR-60" not in found and "1,077.99" not in found and "Transfer" not in found


@pytest.mark.skipif("CI" not in os.environ, reason="elsewhere the tests that need a Chinese font are skipped")
def test_there_is_a_chinese_font_where_it_counts() -> None:
    assert documents.has_cjk()


@needs_cjk
def test_a_document_speaks_the_readers_language(shipped: Any) -> None:
    found = text(shipped.at(shipped.buyer.actor, "zh-hans"), f"orders/{shipped.ref}/document.pdf")
    assert "订单确认书" in found and "中国" in found and "请于" in found and "产品 DL-201" in found and "10 件" in found
    assert "Order" not in found and "Freight" not in found


def test_a_packing_list_counts_and_names_no_price(shipped: Any) -> None:
    path = f"shipments/{pay(shipped)}/packing-list.pdf"
    for company in (shipped.s1, shipped.buyer, shipped.partner, shipped.market.operator):
        found = text(shipped.at(company.actor), path)
        for said in ("Packing list", "DL-201", "SF-1", "SF-2", "Own delivery", "Chen Wei"):
            assert said in found, said
        assert "¥" not in found and not re.search(r"\d\.\d\d(?!\d)", found)


@needs_cjk
def test_the_carrier_of_an_import_is_said_in_the_readers_language(shipped: Any) -> None:
    path = f"shipments/{pay(shipped)}/packing-list.pdf"
    assert "自行配送" in text(shipped.at(shipped.s1.actor, "zh-hans"), path)
    page = shipped.at(shipped.s1.actor, "zh-hans")
    for where in (f"orders/{shipped.ref}/", "shipments/"):
        assert "自行配送" in page.open(where) and "Own delivery" not in page.open(where)


@pytest.fixture
def stated(shipped: Any, clock: Any) -> str:
    """The first supplier's statement of the order."""
    fulfilment.confirm_delivery(shipped.buyer.actor, pay(shipped))
    clock.move(days=8)
    ordering.complete(shipped.s1.actor, shipped.part)
    drain()
    clock.move(hours=1)
    settlement.issue_statements(shipped.market.operator.actor, until=clock.at)
    (found,) = (each["ref"] for each in money.statements_of(shipped.s1.actor))
    return str(found)


def test_a_statement_is_stated_confirmed_and_tied_to_the_books(shipped: Any, stated: str) -> None:
    path, hands = f"statements/{stated}/document.pdf", shipped.at(shipped.s1.actor)
    found = text(hands, path)
    assert found.count("¥865.50") == 4 and "Confirmed on" not in found  # each kind, each line, and their totals
    assert "Earned, not stated yet" in found.replace("\n", "") and "To be confirmed" in found
    settlement.confirm_statement(shipped.s1.actor, stated)
    assert text(hands, path).count("Confirmed on") == 1
    settlement.confirm_statement(shipped.market.operator.actor, stated)
    found = text(hands, path)
    assert found.count("Confirmed on") == 2 and "Payout" in found


def test_a_statements_movements_as_a_file_come_to_its_total(shipped: Any, stated: str) -> None:
    total = Decimal(money.get_statement(shipped.s1.actor, stated)["total"]) / 100
    hands = shipped.at(shipped.s1.actor)
    url = f"/supplier/statements/{stated}/"
    assert "?format=csv" in hands.open(f"statements/{stated}/")
    answer = hands.client.get(url, {"format": "csv"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows and sum(Decimal(row["Amount"]) for row in rows) == total
    assert {row["Currency"] for row in rows} == {"CNY"}
    book = hands.client.get(url, {"format": "xlsx"})
    with zipfile.ZipFile(io.BytesIO(book.content)) as packed:
        sheet = ElementTree.fromstring(packed.read("xl/worksheets/sheet1.xml"))
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    amounts = [Decimal(cell[0].text or "0") for cell in sheet.iter(f"{space}c")
               if cell.get("r", "").startswith("D") and cell.get("t") != "s"]  # fmt: skip
    assert sum(amounts) == total
    assert hands.client.get(url, {"format": "exe"})["Content-Type"].startswith("text/html")


def test_a_contract_shows_terms_and_who_has_signed(trade: Any) -> None:
    row = pricing.share_contracts(trade.partner.actor)[0]
    found = text(trade.at(trade.partner.actor), f"contracts/{row.ref}/document.pdf")
    assert "Share contract" in found and "8.0%" in found and found.count("Signed on") == 2
    assert row.terms_hash in re.sub(r"\s", "", found)


def test_buttons_lead_to_every_document(shipped: Any, stated: str) -> None:
    page = shipped.at(shipped.s1.actor)
    order = page.open(f"orders/{shipped.ref}/")
    assert f"/supplier/orders/{shipped.ref}/document.pdf" in order and "/packing-list.pdf" in order
    assert f"/supplier/statements/{stated}/document.pdf" in page.open(f"statements/{stated}/")
    contract = pricing.share_contracts(shipped.s1.actor)[0].ref
    assert f"/supplier/contracts/{contract}/document.pdf" in page.open(f"contracts/{contract}/")


def test_a_document_is_only_got(shipped: Any) -> None:
    hands = shipped.at(shipped.buyer.actor)
    url = f"/buyer/orders/{shipped.ref}/document.pdf"
    assert hands.client.post(url).status_code == 405
    stranger = shipped.at(shipped.stranger.actor)
    assert stranger.client.get(url).status_code == 404


def test_company_numbers_and_addresses_stand_on_it_as_written(shipped: Any) -> None:
    buyer = shipped.buyer.actor
    version = companies.particulars(buyer).version
    parties.change_particulars(buyer, seen=version, address='#link("https://x.test") *8* Keyuan <a> "Rd" שלום')
    found = text(shipped.at(buyer), f"orders/{shipped.ref}/document.pdf")
    assert '#link("https://x.test") *8* Keyuan <a> "Rd"' in " ".join(found.split())


def test_very_long_names_and_many_lines_stay_on_the_paper() -> None:
    """Sixty lines over pages: each has its head again, its number, and nothing reaches beyond the margins."""
    heads = (("#", "figure", "own"), ("Goods", "text", "rest"), ("Amount", "figure", "own"))
    lines = [[str(n), {"text": f"Goods {n} {'x' * 120}", "note": "code"}, "¥1,234,567.89"] for n in range(1, 61)]
    part = {"head": "W" * 120, "note": "", "lines": lines, "sums": [["Total", "¥1.00"]], "more": []}
    frame = {
        **dict.fromkeys(("state", "lost", "foot", "sums_head"), ""),
        **dict.fromkeys(("sides", "pay", "sums"), ()),
        **{"lang": "en", "region": None, "title": "T", "head": "Order", "number": "O-1", "issuer": "Operator " * 12},
        "facts": [["A", "b" * 200]],
        "columns": [{"label": label, "kind": kind, "width": width} for label, kind, width in heads],
        "parts": [part],
    }
    body = documents.draw(TEMPLATES / "order.typ", frame)
    pages = pages_of_pdf(body)
    assert len(pages) > 2
    for at, page in enumerate(pages, 1):
        assert f"{at}/{len(pages)}" in page
        assert "Amount" in page or "¥1,234,567.89" not in page, "the head of the table is not repeated"
    for picture in documents.compiled(TEMPLATES / "order.typ", documents.prepared(frame), form="png"):
        paper = Image.open(io.BytesIO(picture)).convert("L")
        margin = paper.width * 15 // 210  # of the 17 mm there are
        for box in ((0, 0, margin, paper.height), (paper.width - margin, 0, paper.width, paper.height)):
            assert paper.crop(box).getextrema()[0] > 250, "something is cut off at the edge"


@pytest.mark.parametrize("language", ["en", pytest.param("zh-hans", marks=needs_cjk)])
def test_no_document_of_ours_lacks_a_letter(shipped: Any, stated: str, language: str) -> None:
    """The compiler names what it cannot draw; here nothing was marked as lacking."""
    sent = shipping.shipments_of(shipped.s1.actor, [shipped.part])[shipped.part][0]["ref"]
    refs = {"order": shipped.ref, "packing_list": sent, "statement": stated,
            "contract": pricing.share_contracts(shipped.s1.actor)[0].ref}  # fmt: skip
    assert set(refs) == set(COMPOSERS)
    for kind, ref in refs.items():
        with translation.override(language):
            found = text_of_pdf(documents.compose(kind, shipped.s1.actor, ref).body)
        assert documents.LOST not in found and "\ufffd" not in found, kind


def test_without_a_chinese_font_the_site_says_so(shipped: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = typst.Fonts(include_system_fonts=False)
    monkeypatch.setattr(documents, "_fonts", lambda: bare)
    documents.has_cjk.cache_clear()
    try:
        url = f"/buyer/orders/{shipped.ref}/document.pdf"
        answer = shipped.at(shipped.buyer.actor, "zh-hans").client.get(url)
        assert answer.status_code == 503 and "中文字体" in answer.content.decode()
        assert shipped.at(shipped.buyer.actor).client.get(url).status_code == 200  # Latin names alone
    finally:
        documents.has_cjk.cache_clear()


def test_templates_name_no_package_and_no_words() -> None:
    for path in TEMPLATES.glob("*.typ"):
        source = "\n".join(line.partition("//")[0] for line in path.read_text().splitlines())
        assert "@" not in source and "http" not in source, path
        assert not re.search(r"\[[^\]]*[A-Za-z]{3}", source), f"{path} says something of its own"
