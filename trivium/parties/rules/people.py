"""People of a company: how long they may think about an invitation, and who must not be the last to go."""

import datetime as dt
from collections.abc import Collection, Mapping

from trivium.parties.errors import LastAdmin
from trivium.parties.rules.roles import Job

INVITED_FOR = dt.timedelta(days=7)
MAX_INSIDE = 500
"""How many departments, or cost centres, or open invitations a company can have."""
MAX_DEPTH = 5
"""How many departments can lie below each other, the topmost included; the database says so too."""
SHORTEST_PASSWORD = 10


def way_up(above: Mapping[int, int | None], key: int) -> list[int]:
    """A department and those it lies in, from below; `above` names of each the one it lies in."""
    found: list[int] = []
    here: int | None = key
    while here is not None and here not in found:
        found.append(here)
        here = above.get(here)
    return found


def height(above: Mapping[int, int | None], key: int | None) -> int:
    """How many departments lie below each other from this one down, itself included; 1 for a new one."""
    below = [each for each, parent in above.items() if parent == key] if key is not None else []
    return 1 + max((height(above, each) for each in below), default=0)


def check_admin_stays(admins: Collection[int], person_id: int, job: str | None) -> None:
    """Whether a workspace still has an administrator when one person has another job, or (None) is gone.

    `admins` are the people who administrate it now. Refuses: LastAdmin.
    """
    if person_id in admins and job != Job.ADMIN and len(admins) == 1:
        raise LastAdmin(field="job" if job else None)
