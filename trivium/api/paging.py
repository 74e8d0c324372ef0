"""Paging by cursor: the next page begins after the last row of this one, however much the table grew meanwhile."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, Field

from trivium.api.errors import BadCursor

T = TypeVar("T")
LARGEST_ID = 2**62


class Window(BaseModel):
    """Which part of a list is asked for."""

    cursor: str | None = Field(None, max_length=40, description="The `next_cursor` of the page before.")
    limit: int = Field(24, ge=1, le=100, description="How many at most.")

    @property
    def last_id(self) -> int | None:
        """The key of the last row already read, or None at the start.

        Refuses: BadCursor.
        """
        if not self.cursor:
            return None
        try:
            row_id = int(base64.urlsafe_b64decode(self.cursor + "=" * (-len(self.cursor) % 4)))
        except (ValueError, binascii.Error):
            raise BadCursor(field="cursor") from None
        if not 0 <= row_id < LARGEST_ID:
            raise BadCursor(field="cursor")
        return row_id


def cursor(row_id: int) -> str:
    """The opaque cursor of a row."""
    return base64.urlsafe_b64encode(str(row_id).encode()).decode().rstrip("=")


def page(
    rows: Sequence[T], window: Window, *, id_of: Callable[[T], int], show: Callable[[T], Any]
) -> dict[str, Any]:
    """One page of what was read with one row more than asked for: that row says whether there is another page."""
    shown, more = rows[: window.limit], len(rows) > window.limit
    return {"items": [show(row) for row in shown], "next_cursor": cursor(id_of(shown[-1])) if more else None}
