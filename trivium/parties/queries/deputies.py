"""Who decides in an approver's stead, and on which days."""

import datetime as dt
from dataclasses import dataclass

from trivium.core import sql
from trivium.core.actor import Actor


@dataclass(frozen=True, slots=True)
class DeputyRow:
    """A deputy of an approver, from a day to a day, both included; `ends_on` None is without an end."""

    ref: str
    approver_ref: str
    approver: str
    deputy_ref: str
    deputy: str
    starts_on: dt.date
    ends_on: dt.date | None

    def is_on(self, day: dt.date) -> bool:
        """Whether they stand in on a day."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    def is_over(self, day: dt.date) -> bool:
        """Whether a day lies behind all of it."""
        return self.ends_on is not None and self.ends_on < day


_DEPUTIES = """
SELECT d.ref, a.ref, a.name, p.ref, p.name, d.starts_on, d.ends_on
FROM parties_deputy d JOIN parties_user a ON a.id = d.approver_id JOIN parties_user p ON p.id = d.deputy_id
WHERE d.organization_id = %(own)s AND d.ended_at IS NULL
  AND (%(all)s OR d.approver_id = %(me)s OR d.deputy_id = %(me)s)
ORDER BY d.starts_on DESC, d.id DESC LIMIT 500
"""


def deputies(actor: Actor) -> list[DeputyRow]:
    """The deputies of the reader, and of those the reader stands in for; an administrator reads all of the company.
    Past ones too, the latest first. One statement.

    Refuses: Denied("approval.decide").
    """
    actor.require("approval.decide")
    whose = {"own": actor.organization_id or 0, "me": actor.user_id, "all": actor.may("approval.arrange")}
    return [DeputyRow(*row) for row in sql.rows(_DEPUTIES, whose)]
