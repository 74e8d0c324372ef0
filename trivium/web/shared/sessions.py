"""The two reads every page begins with, the session and the person, by short statements instead of the ORM's."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session

from trivium.core.errors import NotFound
from trivium.core.models import read
from trivium.parties import queries as parties


class SessionStore(db.SessionStore):
    """Django's sessions in the database."""

    def _get_session_from_db(self) -> Session | None:
        rest = "WHERE t.session_key = %(key)s AND t.expire_date > now()"
        found: list[Session] = read(Session, rest, {"key": self.session_key})
        if not found:
            self._session_key = None
            return None
        return found[0]


class People(ModelBackend):
    """Django's way of signing in, with mail address and password."""

    def get_user(self, user_id: int) -> Any:
        """The person of a session, while they may sign in."""
        try:
            person = parties.person(user_id)
        except NotFound:
            return None
        return person if self.user_can_authenticate(person) else None
