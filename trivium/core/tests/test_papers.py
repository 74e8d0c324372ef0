"""What strangers hand in as papers: judged by content, refused with the reason."""

import io
import random
import zipfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from trivium.core import papers
from trivium.core.errors import Invalid
from trivium.core.tests.handed_in import pdf, picture


def read(content: bytes) -> papers.PaperRead:
    return papers.read_paper(content, field="file")


def with_(change: object) -> bytes:
    """A PDF to which something was done."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf())))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def opens_with_a_program(writer: PdfWriter) -> None:
    program = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(program)


def scans(*texts: str, colour: str = "white") -> bytes:
    """A PDF of scanned pages, as scanners make them: each page is one picture."""
    pages = [Image.open(io.BytesIO(picture(colour, text=text))) for text in texts]
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:])
    return out.getvalue()


def in_a_form(content: bytes) -> bytes:
    """The picture of the first page drawn by a form inside the page, as some programs put it."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    page = writer.pages[0]
    form = DecodedStreamObject()
    form.set_data(page.get_contents().get_data())
    form.update({NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Form"),
                 NameObject("/Resources"): page["/Resources"]})  # fmt: skip
    drawn = DictionaryObject({NameObject("/F0"): writer._add_object(form)})
    outer = DecodedStreamObject()
    outer.set_data(b"q /F0 Do Q")
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): drawn})
    page[NameObject("/Contents")] = writer._add_object(outer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def noted(subtype: str, **more: str) -> Any:
    """A note on the page that does something when it is touched."""

    def change(writer: PdfWriter) -> None:
        action = {NameObject("/S"): NameObject(f"/{more['does']}")} if "does" in more else {}
        rectangle = ArrayObject([NumberObject(n) for n in (0, 0, 9, 9)])
        note = DictionaryObject({NameObject("/Subtype"): NameObject(f"/{subtype}"), NameObject("/Rect"): rectangle})
        if action:
            place = DictionaryObject({NameObject("/E"): DictionaryObject(action)}) if more.get("at") else None
            note[NameObject(more.get("at", "/A"))] = place or DictionaryObject(action)
        writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(note)])

    return change


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("run.exe", b"MZ")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "media", "pages"),
    [(pdf(), "pdf", 1), (pdf(pages=3), "pdf", 3), (picture(), "png", 1), (picture(kind="JPEG"), "jpeg", 1)],
)
def test_a_paper_is_what_its_content_says(content: bytes, media: str, pages: int) -> None:
    found = read(content)
    assert (found.media, found.pages, found.size) == (media, pages, len(content))


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", papers.EmptyPaper),
        (b"MZ\x90\x00" + bytes(4000), papers.NotAPaper),
        (b"\x7fELF" + bytes(4000), papers.NotAPaper),
        (b"<html><script>alert(1)</script>", papers.NotAPaper),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', papers.NotAPaper),
        (archive(), papers.NotAPaper),
        (b"%PDF-1.7\n%%EOF", papers.BrokenPaper),
        (b"%PDF-1.7\n" + bytes(5000), papers.BrokenPaper),
        (pdf()[:200], papers.BrokenPaper),
        (pdf(password="geheim"), papers.LockedPaper),
        (pdf(pages=0), papers.BrokenPaper),
        (pdf(text=""), papers.BlankPaper),
        (pdf(pages=papers.MOST_PAGES + 1), papers.TooManyPages),
        (pdf() + archive(), papers.MoreThanAPaper),
        (with_(opens_with_a_program), papers.MoreThanAPaper),
        (with_(lambda w: w.add_attachment("run.exe", b"MZ")), papers.MoreThanAPaper),
        (with_(noted("Link", does="Launch")), papers.MoreThanAPaper),
        (with_(noted("Link", does="JavaScript")), papers.MoreThanAPaper),
        (with_(noted("Widget", does="SubmitForm")), papers.MoreThanAPaper),
        (with_(noted("Widget", does="ResetForm", at="/AA")), papers.MoreThanAPaper),
        (with_(noted("FileAttachment")), papers.MoreThanAPaper),
        (with_(noted("RichMedia")), papers.MoreThanAPaper),
        (scans(""), papers.BlankPaper),
        (scans("", "", colour="ivory"), papers.BlankPaper),
        (in_a_form(scans("")), papers.BlankPaper),
        (picture(text=""), papers.BlankPaper),
        (picture("navy", text="", kind="JPEG"), papers.BlankPaper),
        (picture(size=(199, 900)), papers.PaperUnreadable),
        (picture() + archive(), papers.MoreThanAPaper),
        (picture() + b"<script>alert(1)</script>", papers.MoreThanAPaper),
        (picture() + b"%PDF-1.4", papers.MoreThanAPaper),
        (picture()[:-200], papers.BrokenPaper),
    ],
)
def test_what_is_no_paper_is_refused_with_the_reason(content: bytes, refusal: type[Invalid]) -> None:
    with pytest.raises(refusal) as caught:
        read(content)
    assert caught.value.field == "file"


@pytest.mark.parametrize(
    ("content", "pages"),
    [
        (scans("LICENCE"), 1),
        (scans("", "LICENCE", ""), 3),
        (in_a_form(scans("LICENCE")), 1),
        (with_(noted("Link", does="URI")), 1),
    ],
)
def test_a_scan_with_something_on_it_is_taken(content: bytes, pages: int) -> None:
    assert read(content).pages == pages


def test_a_picture_that_would_unpack_to_too_much_is_not_unpacked() -> None:
    out = io.BytesIO()
    Image.new("1", (10_000, 9_000)).save(out, "PNG")
    with pytest.raises(papers.PaperTooManyPixels):
        read(out.getvalue())


def test_a_pdf_that_only_forbids_printing_is_read() -> None:
    def lock(writer: PdfWriter) -> None:
        writer.encrypt("", owner_password="owner", algorithm="AES-256")

    assert read(with_(lock)).pages == 1


def test_a_scan_with_a_little_noise_and_no_writing_is_blank_and_one_with_writing_is_not() -> None:
    noise = random.Random(1)
    page = Image.new("L", (400, 400))
    page.putdata([245 + noise.randrange(8) for _ in range(400 * 400)])
    out = io.BytesIO()
    page.save(out, "PNG")
    with pytest.raises(papers.BlankPaper):
        read(out.getvalue())


def test_what_is_too_large_is_not_read_to_its_end() -> None:
    taken = []

    def chunks():
        for _ in range(50):
            taken.append(1)
            yield bytes(100_000)

    with pytest.raises(papers.PaperTooLarge):
        papers.gather(chunks(), megabytes=1, field="file")
    assert len(taken) == 11


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 400), st.binary(min_size=1, max_size=30), st.booleans())
def test_a_damaged_file_is_read_or_refused_and_nothing_else(at: int, junk: bytes, is_pdf: bool) -> None:
    whole = pdf() if is_pdf else picture(size=(220, 220))
    try:
        read(whole[:at] + junk + whole[at + len(junk) :])
    except Invalid:
        pass
