"""Files that are not what they seem: refused, or written anew so that nothing of them is kept, by page and API."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, PngImagePlugin

from tests.redteam.ground import People
from trivium.api.tests.caller import world
from trivium.api.tests.scene import Scene
from trivium.core.tests.test_pictures import made

pytestmark = pytest.mark.django_db

MARK = b"x9f3"
SCRIPT = b"<script>x9f3()</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="x9f3()">' + SCRIPT + b"</svg>"
NEVER = {
    "an svg": SVG,
    "an svg with a prolog": b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + SVG,
    "a page": b"<!doctype html>" + SCRIPT,
    "a page that begins like a gif": b"GIF89a/*" + SCRIPT + b"*/",
    "a page that begins like a png": b"\x89PNG\r\n\x1a\n" + SCRIPT,
    "a page that begins like a jpeg": b"\xff\xd8\xff\xe0" + SCRIPT,
    "a pdf": b"%PDF-1.7\n" + SCRIPT,
    "a program": b"MZ" + SCRIPT,
    "a script": b"#!/bin/sh\necho x9f3",
    "a workbook": b"PK\x03\x04" + SCRIPT,
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n(x9f3) run",
    "nothing": b"",
}


def hidden_in(kind: str) -> bytes:
    """A good picture that carries a page behind its end, or in a comment."""
    if kind == "comment":
        told, out = PngImagePlugin.PngInfo(), io.BytesIO()
        told.add_text("Comment", SCRIPT.decode())
        Image.new("RGB", (300, 200), "teal").save(out, "PNG", pnginfo=told)
        return out.getvalue()
    return made(kind, (300, 200)) + SCRIPT + b"PK\x05\x06" + b"\x00" * 18


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.mark.parametrize("what", NEVER)
def test_what_is_no_picture_is_refused_whatever_it_is_called(scene: Scene, people: People, what: str) -> None:
    product, before = scene.mine.refs["product"], world()
    for sent in ({}, {"name": "x.png"}, {"name": "x.svg"}):
        said = scene.callers["supplier"].post(f"/products/{product}/pictures", NEVER[what])
        assert said.status in (400, 413, 422), (what, said.data)
        supplier = people.supplier
        supplier.open(f"products/{product}/")
        form = supplier.form("add-pictures")
        file = SimpleUploadedFile(sent.get("name", "picture.jpg"), NEVER[what], "image/png")
        answer = supplier.client.post(form.url, {**form.values, "pictures": [file]})
        assert answer.status_code in (400, 413, 422), (what, answer.status_code)
        assert MARK not in answer.content
    assert world() == before


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "comment"])
def test_of_a_picture_with_something_behind_it_nothing_but_the_picture_is_kept(
    scene: Scene, people: People, kind: str, settings
) -> None:
    product = scene.mine.refs["product"]
    said = scene.callers["supplier"].post(f"/products/{product}/pictures", hidden_in(kind))
    if said.status == 422:
        return  # refused is as good
    assert said.status == 201
    kept = [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
    assert kept and all(MARK not in path.read_bytes() and path.suffix == ".webp" for path in kept)
    text = people.supplier.open(f"products/{product}/")
    address = next(part.split('"')[0] for part in text.split('src="')[1:] if part.startswith("/pictures/"))
    answer = people.buyer.client.get(address)
    assert answer.headers["Content-Type"] == "image/webp" and answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["../../x.csv", "a\r\nb.csv", '"><x9f3>.csv', "x" * 300 + ".csv", "..", "con.csv"])
def test_a_files_name_leads_nowhere_and_is_no_markup(scene: Scene, people: People, name: str, tmp_path) -> None:
    supplier = people.supplier
    supplier.open("imports/")
    form = supplier.form("ask-import")
    file = SimpleUploadedFile("x.csv", b"InvoiceNo,StockCode\n")
    file._name = name
    answer = supplier.client.post(form.url, {**form.values, "file": file})
    assert answer.status_code in (303, 400, 409, 422)
    assert "<x9f3>" not in supplier.open("imports/")
    assert not (tmp_path / "x.csv").exists() and not (tmp_path.parent / "x.csv").exists()
