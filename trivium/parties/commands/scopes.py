"""The scopes of goods: what the catalog calls a category, told by a call down."""

from trivium.core.acts import act
from trivium.parties.models import Scope


@act
def register_scope(path: str) -> None:
    """Let rules of approval and applications name a category, by its path. Registered once or again, it is the same."""
    Scope.objects.get_or_create(path=path)
