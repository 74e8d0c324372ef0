"""Sessions, kept in the database under the vault's keys: for a while they hold the phone somebody signs in with.

Every page begins by reading one, so that is a short statement of ours. settings.SESSION_ENGINE names this module.
"""

import base64
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession

from trivium.core import sql, vault
from trivium.core.time import now

PLACE = "django_session.session_data"
_IN_FORCE = "SELECT session_data, expire_date FROM django_session WHERE session_key = %s AND expire_date > %s"


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

    def _get_session_from_db(self) -> AbstractBaseSession | None:
        found = sql.rows(_IN_FORCE, [self.session_key, now()])
        if not found:
            self._session_key = None
            return None
        data, expires_at = found[0]
        return self.model(session_key=self.session_key or "", session_data=data, expire_date=expires_at)


def is_in_clear(session_data: str) -> bool:
    """Whether Django's own signing wrote it: its parts are set apart by colons, which base64 has not."""
    return ":" in session_data
