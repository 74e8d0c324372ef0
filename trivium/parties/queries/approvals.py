"""Approvals inside a company; and what the audit asks of approvals and assignments."""

from collections.abc import Iterator, Mapping

from django.db.models import Exists, OuterRef

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.faults import Check, Fault, all_of, faults_in
from trivium.parties.models import Approval, ApprovalVote


def approvals_waiting(actor: Actor, *, limit: int = 50) -> list[dict[str, object]]:
    """What waits for a decision of this company, oldest first, in one statement.

    `mine` says the reader asked for it, `voted` that the reader has given a word on it already.
    """
    own_vote = ApprovalVote.objects.filter(approval_id=OuterRef("pk"), person_id=actor.user_id)
    rows = Approval.objects.filter(organization_id=actor.organization_id or 0, status="waiting").order_by("id")
    fields = ("ref", "act", "subject", "needed", "asked_at", "asked_by_id", "voted")
    found = rows.annotate(voted=Exists(own_vote)).values(*fields)[:limit]
    return [{**row, "mine": row["asked_by_id"] == actor.user_id} for row in found]


_VOTES = """
SELECT count(*) FROM (SELECT id FROM parties_approval WHERE organization_id = %(own)s AND status = 'waiting'
AND asked_by_id IS DISTINCT FROM %(me)s ORDER BY id LIMIT 50) a
WHERE NOT EXISTS (SELECT FROM parties_approvalvote v WHERE v.approval_id = a.id AND v.person_id = %(me)s)
"""


def votes_waiting(actor: Actor) -> int:
    """How many approvals wait for this person's own word, up to 50."""
    return int(sql.rows(_VOTES, {"own": actor.organization_id or 0, "me": actor.user_id})[0][0])


def approval_of(subject: str) -> Mapping[str, object] | None:
    """How the approval for a subject stands, or None if none was asked."""
    return Approval.objects.filter(subject=subject).values("ref", "status", "needed", "decided_at").first()


# -- for the audit: promise 4 ----------------------------------------------------------------------------------------


def approvals_are_voted() -> Iterator[Fault]:
    """An approval stands as distinct people other than the asker have voted."""
    return faults_in(
        4,
        """
        SELECT 'approval ' || a.ref, 'for ' || a.subject || ' is ' || a.status || ' with ' || COALESCE(v.yes, 0)
               || ' of ' || a.needed || ' votes for it and ' || COALESCE(v.no, 0) || ' against'
               || CASE WHEN v.own THEN ', one of them the asker''s' ELSE '' END
        FROM parties_approval a LEFT JOIN (
            SELECT v.approval_id, count(DISTINCT v.person_id) FILTER (WHERE v.yes) AS yes,
                   count(*) FILTER (WHERE NOT v.yes) AS no, bool_or(v.person_id = q.asked_by_id) AS own
            FROM parties_approvalvote v JOIN parties_approval q ON q.id = v.approval_id
            GROUP BY v.approval_id) AS v ON v.approval_id = a.id
        WHERE v.own OR CASE a.status WHEN 'withdrawn' THEN 'waiting' ELSE a.status END
                       <> CASE WHEN v.no > 0 THEN 'declined' WHEN v.yes >= a.needed THEN 'approved'
                                        ELSE 'waiting' END
        ORDER BY a.id
        """,
    )


def buyers_have_one_partner() -> Iterator[Fault]:
    """No buyer belongs to two partners at any one time."""
    return faults_in(
        4,
        """
        SELECT 'assignment ' || a.id, 'gives buyer ' || COALESCE(o.ref, '?') || ' a second partner while assignment '
               || b.id || ' lasts'
        FROM parties_assignment a JOIN parties_assignment b ON b.buyer_id = a.buyer_id AND b.id < a.id
        LEFT JOIN parties_organization o ON o.id = a.buyer_id
        WHERE tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at) ORDER BY a.id
        """,
    )


CHECKS: tuple[Check, ...] = (approvals_are_voted, buyers_have_one_partner)


def faults() -> Iterator[Fault]:
    """Every approval and assignment that breaks a promise."""
    return all_of(CHECKS)
