"""What a company has ended of its own inside: so that an old link to it can say so."""

import datetime as dt
from dataclasses import dataclass

from trivium.core import sql
from trivium.core.actor import Actor


@dataclass(frozen=True, slots=True)
class Ended:
    """Somebody who has left, or a department, cost centre or rule that was ended: its kind, its name, and when."""

    kind: str
    name: str
    at: dt.datetime


_ENDED = """
SELECT 'person', u.name, m.ends_at FROM parties_membership m JOIN parties_user u ON u.id = m.user_id
WHERE u.ref = %(ref)s AND m.organization_id = %(company)s AND m.role = %(role)s AND m.ends_at IS NOT NULL
UNION ALL SELECT 'department', name, ended_at FROM parties_department
WHERE ref = %(ref)s AND organization_id = %(company)s AND ended_at IS NOT NULL
UNION ALL SELECT 'cost_centre', code || ' ' || name, ended_at FROM parties_costcentre
WHERE ref = %(ref)s AND organization_id = %(company)s AND ended_at IS NOT NULL
UNION ALL SELECT 'rule', name, ended_at FROM parties_approvalrule
WHERE ref = %(ref)s AND organization_id = %(company)s AND ended_at IS NOT NULL
"""


def ended_inside(actor: Actor, ref: str) -> Ended | None:
    """What a reference named inside the reader's company until it was ended; None for all else, and for those who do
    not arrange the company. One statement.
    """
    if not actor.may("party.edit"):
        return None
    found = sql.rows(_ENDED, {"ref": ref, "company": actor.organization_id or 0, "role": actor.role})
    return Ended(*found[0]) if found else None
