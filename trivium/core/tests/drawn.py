"""What stands on a document that was drawn."""

import io
import re

from pypdf import PdfReader

BREAKS = re.compile("[\u200b\u00ad]")


def pages_of_pdf(body: bytes) -> list[str]:
    """The text of each page, without the places where a line may break."""
    return [BREAKS.sub("", page.extract_text()) for page in PdfReader(io.BytesIO(body)).pages]


def text_of_pdf(body: bytes) -> str:
    """All text of a document."""
    return "\n".join(pages_of_pdf(body))
