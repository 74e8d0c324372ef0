"""A sender that sends nothing: it keeps each text as a file, like the folder of mails."""

import secrets
from pathlib import Path

from django.conf import settings

from trivium.core.time import now


class Folder:
    """Texts as files of TRIVIUM["TEXTS_DIR"], named by when they were written."""

    name = "folder"

    def send(self, number: str, text: str) -> None:
        """Write it down; nobody but this system's user reads it."""
        folder = Path(settings.TRIVIUM["TEXTS_DIR"])
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / f"{now():%Y%m%d-%H%M%S}-{secrets.token_hex(4)}.txt"
        path.write_text(f"To: {number}\n\n{text}\n", encoding="utf-8")
