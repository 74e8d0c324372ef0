"""Imports in the portal: a supplier hands in, the operator releases, both watch; nobody else sees anything."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from trivium.core.jobs import drain
from trivium.integration import queries
from trivium.web.tests.hands import Hands

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


CONTENT = b"""InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
1,22423,CAKESTAND,2,2010-12-01 08:26,12.75,7,United Kingdom
C2,22423,CAKESTAND,-1,2010-12-01 09:26,12.75,7,United Kingdom
3,22423,CAKESTAND,1,2010-12-02 09:26,12.75,8,EIRE
"""


def hand_in(hands: Hands, content: bytes, status: int = 303, **more: str) -> str:
    hands.open("imports/")
    form = hands.form("ask-import")
    file = SimpleUploadedFile("old invoices.csv", content)
    hands.page = hands.client.post(form.url, {**form.values, **more, "file": file})
    assert hands.page.status_code == status, hands.text[:2000]
    if status == 303:
        hands.page = hands.client.get(hands.page["Location"])
    return hands.text


def test_a_supplier_hands_in_the_operator_releases_and_both_watch(trade):
    supplier, operator = Hands(trade.s1.actor), Hands(trade.market.operator.actor)
    text = hand_in(supplier, CONTENT)
    assert "Waits for the operator" in text and "Release" not in text
    (row,) = queries.imports(supplier.actor)
    assert "old invoices.csv" in operator.open("imports/")
    operator.open(f"imports/{row.ref}/")
    text = operator.send("release-import")
    assert "Being imported" in text and 'hx-trigger="every 3s"' in text
    drain()
    text = supplier.open(f"imports/{row.ref}/")
    assert "Done" in text and 'hx-trigger="every' not in text and "A credit note" in text
    done = queries.get_import(supplier.actor, row.ref)
    assert (done.rows, done.traded_lines) == (3, 2)
    file = supplier.client.get(f"/supplier/imports/{row.ref}/quarantine/")
    lines = b"".join(file.streaming_content).decode().splitlines()
    assert len(lines) == 2 and lines[0].startswith("row,reason,")
    assert "attachment" in file["Content-Disposition"]


def test_nobody_elses_import_is_found(trade):
    hand_in(Hands(trade.s1.actor), CONTENT)
    (row,) = queries.imports(trade.s1.actor)
    rival = Hands(trade.s2.actor)
    assert "old invoices.csv" not in rival.open("imports/")
    rival.open(f"imports/{row.ref}/", 404)
    rival.open(f"imports/{row.ref}/quarantine/", 404)
    supplier = Hands(trade.s1.actor)
    assert supplier.client.post(f"/supplier/imports/{row.ref}/release/").status_code == 404


def test_the_operator_hands_in_for_a_supplier_and_may_decline(trade):
    operator = Hands(trade.market.operator.actor)
    hand_in(operator, CONTENT, supplier_ref=trade.s2.ref)
    text = operator.send("decline-import")
    assert "Declined" in text
    assert [row.supplier_ref for row in queries.imports(operator.actor)] == [trade.s2.ref]


def test_another_file_comes_back_with_its_refusal(trade):
    supplier = Hands(trade.s1.actor)
    text = hand_in(supplier, b"a,b\n1,2\n", 422)
    assert "lacks the columns InvoiceNo" in text
    assert "This file is empty" in hand_in(supplier, b"", 422)
    assert queries.imports(supplier.actor) == []
