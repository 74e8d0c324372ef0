"""What a company has ended of its own inside, and what a person has left: so that an old link to it can say so."""

import datetime as dt
from dataclasses import dataclass

from trivium.core import sql
from trivium.core.actor import Actor


@dataclass(frozen=True, slots=True)
class Ended:
    """A person or company that was left, or a department, cost centre or rule that was ended: kind, name, when."""

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


_LEFT = """
SELECT 'company', o.name, m.ends_at FROM parties_membership m JOIN parties_organization o ON o.id = m.organization_id
WHERE m.user_id = %(person)s AND m.ends_at IS NOT NULL ORDER BY m.ends_at DESC, m.id DESC LIMIT 1
"""


def last_left(actor: Actor) -> Ended | None:
    """The company the person behind the actor left last, or was taken out of. One statement."""
    found = sql.rows(_LEFT, {"person": actor.user_id or 0})
    return Ended(*found[0]) if found else None
