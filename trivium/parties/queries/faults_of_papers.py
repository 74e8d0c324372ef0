"""For the audit: what must hold of applications, screening and papers (promise 4, states and their causes)."""

from collections.abc import Iterator

from trivium.core.faults import Check, Fault, faults_in


def applications_are_decided_by_people() -> Iterator[Fault]:
    """What is approved or rejected was so by a person, in a review."""
    return faults_in(
        4,
        """
        SELECT 'application ' || a.ref, 'is ' || a.status || ' without a decision by a person'
        FROM parties_application a
        WHERE a.status IN ('approved', 'rejected') AND NOT EXISTS (
            SELECT FROM parties_applicationstep s WHERE s.application_id = a.id AND s.is_review
            AND s.person_id IS NOT NULL AND s.act = CASE a.status WHEN 'approved' THEN 'approve' ELSE 'reject' END)
        ORDER BY a.id
        """,
    )


_DECISIONS = """
SELECT 'application ' || a.ref AS subject, s.person_id AS person, s.at, a.organization_id AS company,
       ARRAY[a.applicant_id] || ARRAY(SELECT o.person_id FROM parties_applicationstep o
                                      WHERE o.application_id = a.id AND NOT o.is_review) AS askers
FROM parties_application a JOIN parties_applicationstep s ON s.application_id = a.id AND s.is_review
WHERE s.person_id IS NOT NULL AND s.act IN ('approve', 'reject')
UNION ALL
SELECT 'paper ' || p.ref, p.decided_by_id, p.decided_at, p.organization_id, ARRAY[p.filed_by_id]
FROM parties_paper p WHERE p.application_id IS NULL AND p.decided_by_id IS NOT NULL
    AND p.status IN ('in_force', 'declined', 'replaced')
UNION ALL
SELECT 'change ' || c.ref, c.decided_by_id, c.decided_at, c.organization_id, ARRAY[c.asked_by_id]
FROM parties_changerequest c WHERE c.decided_by_id IS NOT NULL AND c.status IN ('approved', 'declined')
"""


def nobody_decides_for_themselves() -> Iterator[Fault]:
    """No application, paper or change was decided by who asked for it, or by somebody of that company."""
    return faults_in(
        4,
        f"""
        SELECT d.subject, CASE WHEN d.person = ANY (d.askers) THEN 'was decided by who asked for it'
                               ELSE 'was decided by somebody of the company itself' END
        FROM ({_DECISIONS}) AS d
        WHERE d.person = ANY (d.askers) OR EXISTS (
            SELECT FROM parties_membership m WHERE m.user_id = d.person AND m.organization_id = d.company
            AND m.role <> 'operator' AND m.since < d.at AND (m.ends_at IS NULL OR m.ends_at > d.at))
        ORDER BY 1
        """,
    )


def applications_were_screened() -> Iterator[Fault]:
    """Each act by which an application is handed in, answered or approved has what the rules said then."""
    return faults_in(
        4,
        """
        SELECT DISTINCT 'application ' || a.ref, 'has no screening of its step ' || s.act
        FROM parties_applicationstep s JOIN parties_application a ON a.id = s.application_id
        WHERE s.act IN ('submit', 'answer', 'approve') AND NOT EXISTS (
            SELECT FROM parties_screening g JOIN parties_screeningresult r ON r.screening_id = g.id
            WHERE g.application_id = a.id AND g.act = s.act AND g.at = s.at)
        ORDER BY 1
        """,
    )


def changes_were_screened() -> Iterator[Fault]:
    """A change that was screened when it was asked for was so again when it was approved, and nothing stopped it."""
    return faults_in(
        4,
        """
        SELECT 'change ' || c.ref, CASE WHEN r.rule IS NULL THEN 'is approved without a screening of then'
                                        ELSE 'is approved although the rule ' || r.rule || ' stopped it' END
        FROM parties_changerequest c
        LEFT JOIN parties_screening g ON g.change_id = c.id AND g.act = 'approve' AND g.at = c.decided_at
        LEFT JOIN parties_screeningresult r ON r.screening_id = g.id AND NOT r.is_met
                                           AND r.strength IN ('refuse', 'stop')
        WHERE c.status = 'approved' AND (r.id IS NOT NULL OR g.id IS NULL AND EXISTS (
            SELECT FROM parties_screening a WHERE a.change_id = c.id AND a.act = 'ask'))
        ORDER BY 1
        """,
    )


def admitted_roles_have_their_application() -> Iterator[Fault]:
    """An approved application gave its role; a company that applied for a role has it by an approved application."""
    return faults_in(
        4,
        """
        SELECT 'application ' || a.ref, 'is approved, and its company has not the role ' || a.role
        FROM parties_application a
        WHERE a.status = 'approved' AND NOT EXISTS (
            SELECT FROM parties_organizationrole r WHERE r.organization_id = a.organization_id AND r.role = a.role)
        UNION ALL
        SELECT 'company ' || o.ref, 'has the role ' || r.role || ' with no application of it approved'
        FROM parties_organizationrole r JOIN parties_organization o ON o.id = r.organization_id
        WHERE EXISTS (SELECT FROM parties_application a
                      WHERE a.organization_id = r.organization_id AND a.role = r.role AND a.submitted_at <= r.since)
          AND NOT EXISTS (SELECT FROM parties_application a
                          WHERE a.organization_id = r.organization_id AND a.role = r.role AND a.status = 'approved')
        ORDER BY 1
        """,
    )


def papers_in_force_were_approved() -> Iterator[Fault]:
    """A paper is in force by a decision, its own or its application's; what it replaces is in force no more."""
    return faults_in(
        4,
        """
        SELECT 'paper ' || p.ref, CASE
            WHEN p.organization_id IS NULL THEN 'is in force for no company'
            WHEN old.status = 'in_force' THEN 'is in force beside ' || old.ref || ', which it replaces'
            WHEN p.application_id IS NULL THEN 'is in force without a decision by a person'
            ELSE 'is in force, and its application is ' || a.status END
        FROM parties_paper p LEFT JOIN parties_paper old ON old.id = p.replaces_id
        LEFT JOIN parties_application a ON a.id = p.application_id
        WHERE p.status IN ('in_force', 'replaced') AND (
            p.organization_id IS NULL OR old.status = 'in_force'
            OR (p.application_id IS NULL AND p.decided_by_id IS NULL) OR a.status <> 'approved')
        ORDER BY p.id
        """,
    )


def replaced_papers_have_one_after_them() -> Iterator[Fault]:
    """A paper that was replaced gave way to one that was approved: its own renewal, or one of a later application."""
    return faults_in(
        4,
        """
        SELECT 'paper ' || p.ref, 'was replaced by none'
        FROM parties_paper p
        WHERE p.status = 'replaced' AND NOT EXISTS (
            SELECT FROM parties_paper n WHERE n.organization_id = p.organization_id AND n.kind = p.kind
            AND n.status IN ('in_force', 'replaced') AND n.id <> p.id
            AND (n.replaces_id = p.id OR (n.application_id IS NOT NULL AND n.decided_at >= p.decided_at)))
        ORDER BY p.id
        """,
    )


CHECKS: tuple[Check, ...] = (
    applications_are_decided_by_people,
    nobody_decides_for_themselves,
    applications_were_screened,
    changes_were_screened,
    admitted_roles_have_their_application,
    papers_in_force_were_approved,
    replaced_papers_have_one_after_them,
)
