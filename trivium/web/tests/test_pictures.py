"""Pictures in the portals: a drawing until the supplier uploads; uploads are written anew, ordered, and taken down."""

import datetime as dt
import io
import os
import re
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from trivium.catalog import commands, queries
from trivium.core.models import EventRecord
from trivium.core.tests.test_pictures import made
from trivium.core.time import use_clock
from trivium.web.tests.hands import Hands

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def product(trade) -> str:
    return queries.tradable([trade.lamp])[trade.lamp].product_ref


def upload(hands: Hands, ref: str, *contents: bytes, status: int = 303, name: str = "picture.jpg") -> str:
    hands.open(f"products/{ref}/")
    form = hands.form("add-pictures")
    files = [SimpleUploadedFile(name, content) for content in contents]
    hands.page = hands.client.post(form.url, {**form.values, "pictures": files})
    assert hands.page.status_code == status, hands.text[:2000]
    if status == 303:
        hands.page = hands.client.get(hands.page["Location"])
    return hands.text


def test_goods_without_a_picture_are_drawn_everywhere(trade, product):
    buyer = Hands(trade.buyer.actor)
    ref = trade.order((trade.lamp, 10))
    hands = (buyer.open("shelf/"), buyer.open(f"products/{product}/"), buyer.open(f"orders/{ref}/"),
             Hands(trade.s1.actor).open("products/"))  # fmt: skip
    for text in hands:
        assert '<svg class="drawn"' in text and "vendor/goods.svg#" in text and "<img src=\"/pictures/" not in text
    buyer.open(f"products/{product}/")
    buyer.send("add-", quantity="10")
    assert '<svg class="drawn"' in buyer.open("cart/")


def test_an_uploaded_picture_is_shown_at_once_and_kept_by_browsers_for_good(trade, product):
    supplier, buyer = Hands(trade.s1.actor), Hands(trade.buyer.actor)
    upload(supplier, product, made("JPEG", (900, 600)))
    (row,) = queries.pictures(trade.s1.actor, product)
    assert (row.width, row.height) == (900, 600)
    for text in (buyer.open("shelf/"), buyer.open(f"products/{product}/"), supplier.open("products/")):
        shown = re.search(rf'<img src="/pictures/{row.name}-480.webp"[^>]*>', text)
        assert shown and 'width="900" height="600"' in shown[0] and "alt=" in shown[0]
    file = Client().get(f"/pictures/{row.name}-160.webp")
    assert Image.open(io.BytesIO(file.content)).size == (160, 107)
    assert file["Content-Type"] == "image/webp" and file["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in file["Cache-Control"] and "Cookie" not in file.get("Vary", "")
    last = EventRecord.objects.filter(name="PicturesChanged").latest("id")
    assert last.subject == product and last.data == {"count": 1}


def test_several_pictures_are_ordered_and_taken_down(trade, product):
    supplier, buyer = Hands(trade.s1.actor), Hands(trade.buyer.actor)
    upload(supplier, product, *(made("PNG", (300 + n, 200)) for n in range(3)))
    first, second, third = queries.pictures(trade.s1.actor, product)
    assert f"{first.name}-480" in buyer.open("shelf/")
    supplier.open(f"products/{product}/")
    supplier.send(f"picture-{third.ref}")
    assert [row.ref for row in queries.pictures(trade.s1.actor, product)] == [third.ref, first.ref, second.ref]
    assert f"{third.name}-480" in buyer.open("shelf/")
    supplier.send(f"picture-{third.ref}")  # the first one's only button takes it down
    assert [row.ref for row in queries.pictures(trade.s1.actor, product)] == [first.ref, second.ref]
    supplier.send(f"picture-{second.ref}", remove="1")
    assert [row.ref for row in queries.pictures(trade.s1.actor, product)] == [first.ref]


@pytest.mark.parametrize(
    ("content", "language", "words"),
    [
        (b"", "en", "This file is empty"),
        (b"MZ\x90\x00" + b"\x00" * 900, "en", "no JPEG, PNG or WebP picture"),
        (b"MZ\x90\x00" + b"\x00" * 900, "zh-hans", "不是 JPEG、PNG 或 WebP 图片"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "en", "no JPEG, PNG or WebP picture"),
        (made("PNG") + b"<script>alert(1)</script>", "en", "something else besides a picture"),
        (made("PNG", (90, 90)), "en", "90 × 90 pixels"),
        (made("PNG", (900, 900))[:700], "en", "cannot be read to its end"),
    ],
)
def test_what_is_no_good_picture_comes_back_with_reason_and_remedy(trade, product, content, language, words):
    supplier = Hands(trade.s1.actor, language)
    text = upload(supplier, product, content, status=422)
    assert words in text and 'aria-invalid="true"' in text
    assert queries.pictures(trade.s1.actor, product) == []
    assert not EventRecord.objects.filter(name="PicturesChanged").exists()


def test_all_of_one_upload_or_none(trade, product):
    upload(Hands(trade.s1.actor), product, made("PNG"), b"no picture", status=422)
    assert queries.pictures(trade.s1.actor, product) == []


def test_no_more_than_fit_and_none_twice(trade, product, settings):
    supplier = Hands(trade.s1.actor)
    upload(supplier, product, made("PNG"))
    assert "this very picture already" in upload(supplier, product, made("PNG"), status=409)
    assert "at most 8 pictures" in upload(
        supplier, product, *(made("PNG", (300 + n, 200)) for n in range(8)), status=422
    )
    settings.TRIVIUM = {**settings.TRIVIUM, "PICTURE_MEGABYTES": 0}
    assert "larger than 0 MB" in upload(supplier, product, made("PNG", (310, 200)), status=422)


def test_another_suppliers_product_is_not_found(trade, product):
    supplier, rival = Hands(trade.s1.actor), Hands(trade.s2.actor)
    upload(supplier, product, made("PNG"))
    (row,) = queries.pictures(trade.s1.actor, product)
    supplier.open(f"products/{product}/")
    for start in ("add-pictures", f"picture-{row.ref}"):
        form = supplier.form(start)
        values = {**form.values, "on": "/supplier/products/", "pictures": SimpleUploadedFile("a.png", made("PNG"))}
        assert rival.client.post(form.url, values).status_code == 404
    assert [each.ref for each in queries.pictures(trade.s1.actor, product)] == [row.ref]


@pytest.mark.parametrize("path", ["x", "0" * 40, "0" * 40 + "-160", "0" * 40 + "-161", "..-160"])
def test_a_file_nobody_has_is_not_found(path):
    assert Client().get(f"/pictures/{path}.webp").status_code == 404


def test_files_nobody_shows_are_cleared_away_after_a_day(trade, product, settings):
    supplier = Hands(trade.s1.actor)
    upload(supplier, product, made("PNG"), made("PNG", (300, 200)))
    kept, gone = queries.pictures(trade.s1.actor, product)
    commands.remove_picture(trade.s1.actor, product, gone.ref)
    with use_clock(lambda: dt.datetime.fromtimestamp(time.time(), dt.UTC)):
        assert commands.clear_pictures() == 0  # too fresh
        old = time.time() - dt.timedelta(days=2).total_seconds()
        for path in (settings.MEDIA_ROOT / "pictures").rglob("*.webp"):
            os.utime(path, (old, old))
        assert commands.clear_pictures() == 3
        assert commands.clear_pictures() == 0
    assert Client().get(f"/pictures/{kept.name}-160.webp").status_code == 200
    assert Client().get(f"/pictures/{gone.name}-160.webp").status_code == 404
