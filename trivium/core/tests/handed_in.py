"""Files that are papers, for tests."""

import io

from PIL import Image, ImageDraw
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, NameObject


def picture(
    colour: str = "white", *, size: tuple[int, int] = (600, 800), text: str = "LICENCE", kind: str = "PNG"
) -> bytes:
    """A scanned page; without a text a page of nothing."""
    page = Image.new("RGB", size, colour)
    if text:
        ImageDraw.Draw(page).text((40, 40), text, fill="black")
    out = io.BytesIO()
    page.save(out, kind)
    return out.getvalue()


def pdf(*, pages: int = 1, text: str = "LICENCE", password: str = "") -> bytes:
    """A PDF with a line of text on each page; without a text its pages are empty."""
    writer = PdfWriter()
    for number in range(pages):
        page = writer.add_blank_page(595, 842)
        if text:
            stream = DecodedStreamObject()
            stream.set_data(f"BT /F1 12 Tf 50 800 Td ({text} {number}) Tj ET".encode())
            page[NameObject("/Contents")] = writer._add_object(stream)
    if password:
        writer.encrypt(password, algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
