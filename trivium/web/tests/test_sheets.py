"""Sheets in the portal, handed in, watched and seen on the shelf; many skus listed at once; forms that change goods."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from trivium.catalog import queries as catalog
from trivium.core.jobs import drain
from trivium.integration import queries
from trivium.web.tests.hands import Hands

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


def hand_in(hands: Hands, content: str, status: int = 303) -> str:
    hands.open("products/")
    form = hands.form("take-sheet")
    file = SimpleUploadedFile("my goods.csv", content.encode())
    hands.page = hands.client.post(form.url, {**form.values, "file": file})
    assert hands.page.status_code == status, hands.text[:2000]
    if status == 303:
        drain()
        hands.page = hands.client.get(hands.page["Location"])
    return hands.text


def test_a_sheet_goes_out_comes_in_changed_and_is_seen_on_the_shelf(trade):
    supplier, buyer = Hands(trade.s1.actor), Hands(trade.buyer.actor)
    supplier.open("products/")
    page = supplier.client.get("/supplier/products/sheet/")
    text = b"".join(page.streaming_content).decode("utf-8-sig")
    heading, row = text.strip().splitlines()
    assert heading.startswith("Code,Name (Chinese),") and row.startswith("DL-201,")
    assert "attachment" in page["Content-Disposition"]
    shown = hand_in(supplier, f"{heading}\n{row}\n")
    assert "<dt>Unchanged already</dt><dd>1</dd>" in shown and "Done" in shown
    shown = hand_in(supplier, "code,prices,stock\nDL-201,1:80;10:70,123\nNOPE,1,1\n")
    assert "<dt>Changed</dt><dd>1</dd>" in shown and "What the row says is not possible" in shown
    assert "¥80.00" in buyer.open("shelf/")
    (latest, *_before) = queries.imports(supplier.actor)
    kept = b"".join(supplier.client.get(f"/supplier/imports/{latest.ref}/quarantine/").streaming_content).decode()
    assert kept.splitlines()[1].startswith("2,") and "NOPE" in kept
    assert "my goods.csv" in supplier.open("imports/?kind=goods") and "Goods, prices and stock" in supplier.text


def test_another_file_comes_back_with_its_refusal(trade):
    supplier = Hands(trade.s1.actor)
    assert "The file lacks the columns code" in hand_in(supplier, "a,b\n1,2\n", 422)
    assert queries.imports(supplier.actor) == []


def test_many_skus_are_put_on_sale_and_taken_off_at_once(trade):
    supplier = Hands(trade.s1.actor)
    other = trade.market.sku(trade.s1, "DL-202", [(1, "9.00")])
    supplier.open("products/")
    form = supplier.form("bulk")
    values = {**form.values, "item": [trade.lamp, other, trade.rail]}
    text = supplier.client.post("/supplier/products/delist/", values).content.decode()
    listed = {ref: sku.is_listed for ref, sku in catalog.tradable([trade.lamp, other, trade.rail]).items()}
    assert listed == {trade.lamp: False, other: False, trade.rail: True}  # the last is another supplier's
    assert "DL-202" in text and f"There is no sku “{trade.rail}”" in text
    supplier.open("products/")
    form = supplier.form("bulk")
    supplier.client.post(form.url, {**form.values, "item": [trade.lamp]})
    assert catalog.tradable([trade.lamp])[trade.lamp].is_listed


def test_words_place_and_sizes_are_changed_by_form_and_read_at_once(trade):
    supplier, buyer = Hands(trade.s1.actor), Hands(trade.buyer.actor)
    ref = catalog.tradable([trade.lamp])[trade.lamp].product_ref
    supplier.open(f"products/{ref}/")
    supplier.send("revise-product", name="新台灯", name_en="New desk lamp", description="很亮", description_en="Bright")
    assert "New desk lamp" in buyer.open(f"products/{ref}/") and "Bright" in buyer.text
    supplier.send("add-sku", code="DL-201-XL", name="大号", name_en="Extra large", moq="1", quantity_step="1")
    assert "Extra large" in supplier.text and "DL-201-XL" in supplier.text
    new = catalog.skus_by_code(trade.s1.actor.organization_id, ["DL-201-XL"])["DL-201-XL"]
    supplier.send(f"revise-{new}", name_en="Giant", moq="4", quantity_step="2", weight_g="1200")
    row = catalog.tradable([new])[new]
    assert (row.name["en"], row.moq, row.quantity_step, row.weight_g) == ("Giant", 4, 2, 1200)
    supplier.send(f"revise-{new}", 422, moq="3")
    assert "sold in steps of" in supplier.text
    supplier.open(f"products/{ref}/")
    supplier.send("product-listed")
    buyer.open(f"products/{ref}/", 404)
    supplier.send("product-listed")
    buyer.open(f"products/{ref}/")
