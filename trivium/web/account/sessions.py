"""Sessions in the database and who they belong to, each read by a short statement: every page begins with the two."""

from typing import TYPE_CHECKING

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.sessions.base_session import AbstractBaseSession

from trivium.core import sessions, sql
from trivium.core.time import now
from trivium.parties import queries as parties

if TYPE_CHECKING:
    from trivium.parties.models import User

_IN_FORCE = "SELECT session_data, expire_date FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(sessions.SessionStore):
    """Sessions in the database, under the vault's keys. settings.SESSION_ENGINE names this module."""

    def _get_session_from_db(self) -> AbstractBaseSession | None:
        found = sql.rows(_IN_FORCE, [self.session_key, now()])
        if not found:
            self._session_key = None
            return None
        data, expires_at = found[0]
        return self.model(session_key=self.session_key, session_data=data, expire_date=expires_at)


class Backend(AuthenticationBackend):
    """Allauth's ways of signing in; the person of a session is read by a statement of ours."""

    def get_user(self, user_id: int) -> "User | None":
        """The person a session was begun for, unless they may no longer sign in."""
        return parties.signed_in(user_id)
