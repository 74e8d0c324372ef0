"""People of a company: how long they may think about an invitation, and who must not be the last to go."""

import datetime as dt
from collections.abc import Collection

from trivium.parties.errors import LastAdmin
from trivium.parties.rules.roles import Job

INVITED_FOR = dt.timedelta(days=7)
MAX_INSIDE = 500
"""How many departments, or cost centres, or open invitations a company can have."""
SHORTEST_PASSWORD = 10


def check_admin_stays(admins: Collection[int], person_id: int, job: str | None) -> None:
    """Whether a workspace still has an administrator when one person has another job, or (None) is gone.

    `admins` are the people who administrate it now. Refuses: LastAdmin.
    """
    if person_id in admins and job != Job.ADMIN and len(admins) == 1:
        raise LastAdmin(field="job" if job else None)
