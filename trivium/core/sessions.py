"""Sessions, kept in the database under the vault's keys: for a while they hold the phone somebody signs in with."""

import base64
from typing import Any

from django.contrib.sessions.backends import db

from trivium.core import vault

PLACE = "django_session.session_data"


class SessionStore(db.SessionStore):
    """Django's own, encrypted. What was written before is read as it was, until it is written again."""

    def encode(self, session_dict: dict[str, Any]) -> str:
        """The session as it stands in its row."""
        return base64.b64encode(vault.encrypt(self.serializer().dumps(session_dict), PLACE)).decode()

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """What it holds; nothing, as ever in Django, if it was changed or its key is gone: whoever comes signs in."""
        session_data = session_data if isinstance(session_data, str) else session_data.decode()
        if is_in_clear(session_data):
            return dict(super().decode(session_data))
        try:
            return dict(self.serializer().loads(vault.decrypt(base64.b64decode(session_data), PLACE)))
        except (vault.Unreadable, ValueError):
            return {}


def is_in_clear(session_data: str) -> bool:
    """Whether Django's own signing wrote it: its parts are set apart by colons, which base64 has not."""
    return ":" in session_data
