"""Ways to break applications, screening and papers by raw SQL, and the row the audit must name then."""

from tests.audit.damages import broken

ADMISSION = (
    broken(
        "parties.applications_are_decided_by_people",
        "application {applied}",
        "UPDATE parties_applicationstep SET person_id = NULL WHERE act = 'approve'",
        text="is approved without a decision by a person",
    ),
    broken(
        "parties.applications_are_decided_by_people",
        "application {rejected}",
        "DELETE FROM parties_applicationstep WHERE act = 'reject'",
        text="is rejected without",
    ),
    broken(
        "parties.nobody_decides_for_themselves",
        "application {applied}",
        "UPDATE parties_applicationstep s SET person_id = a.applicant_id FROM parties_application a"
        " WHERE a.id = s.application_id AND a.ref = '{applied}' AND s.act = 'approve'",
        text="by who asked for it",
    ),
    broken(
        "parties.nobody_decides_for_themselves",
        "paper {renewed}",
        "INSERT INTO parties_membership (user_id, organization_id, role, job, since) SELECT decided_by_id,"
        " organization_id, 'supplier', 'staff', decided_at - interval '1 day' FROM parties_paper"
        " WHERE ref = '{renewed}'",
        "UPDATE parties_applicationstep SET at = at - interval '2 days' WHERE act = 'approve'",
        "UPDATE parties_changerequest SET decided_at = decided_at - interval '2 days'",
        text="by somebody of the company itself",
    ),
    broken(
        "parties.applications_were_screened",
        "application {applied}",
        "DELETE FROM parties_screeningresult r USING parties_screening g, parties_application a"
        " WHERE g.id = r.screening_id AND a.id = g.application_id AND a.ref = '{applied}' AND g.act = 'submit'",
        text="of its step submit",
    ),
    broken(
        "parties.changes_were_screened",
        "change {renamed}",
        "DELETE FROM parties_screeningresult r USING parties_screening g"
        " WHERE g.id = r.screening_id AND g.change_id IS NOT NULL AND g.act = 'approve'",
        "DELETE FROM parties_screening WHERE change_id IS NOT NULL AND act = 'approve'",
        text="without a screening of then",
    ),
    broken(
        "parties.changes_were_screened",
        "change {renamed}",
        "UPDATE parties_screeningresult r SET is_met = false FROM parties_screening g"
        " WHERE g.id = r.screening_id AND g.change_id IS NOT NULL AND r.rule = 'blocklist'",
        text="although the rule blocklist stopped it",
    ),
    broken(
        "parties.admitted_roles_have_their_application",
        "application {applied}",
        "DELETE FROM parties_organizationrole r USING parties_application a"
        " WHERE a.organization_id = r.organization_id AND a.ref = '{applied}'",
        text="has not the role supplier",
    ),
    broken(
        "parties.admitted_roles_have_their_application",
        "company {it}",
        "UPDATE parties_application SET status = 'rejected' WHERE ref = '{applied}'",
        pick="SELECT o.ref FROM parties_organization o JOIN parties_application a ON a.organization_id = o.id"
        " WHERE a.ref = '{applied}'",
        text="with no application of it approved",
    ),
    broken(
        "parties.papers_in_force_were_approved",
        "paper {renewed}",
        "UPDATE parties_paper SET status = 'in_force' WHERE status = 'replaced'",
        text="which it replaces",
    ),
    broken(
        "parties.papers_in_force_were_approved",
        "paper {renewed}",
        "UPDATE parties_paper SET decided_by_id = NULL WHERE ref = '{renewed}'",
        text="without a decision by a person",
    ),
    broken(
        "parties.replaced_papers_have_one_after_them",
        "paper {it}",
        "UPDATE parties_paper SET status = 'filed' WHERE ref = '{renewed}'",
        pick="SELECT ref FROM parties_paper WHERE status = 'replaced'",
        text="by none",
    ),
)
