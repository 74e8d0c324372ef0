"""Who a session belongs to."""

from typing import TYPE_CHECKING

from allauth.account.auth_backends import AuthenticationBackend

from trivium.parties import queries as parties

if TYPE_CHECKING:
    from trivium.parties.models import User


class Backend(AuthenticationBackend):
    """Allauth's ways of signing in; the person of a session is read by a short statement, as every page asks for it."""

    def get_user(self, user_id: int) -> "User | None":
        """The person a session was begun for, unless they may no longer sign in."""
        return parties.signed_in(user_id)
