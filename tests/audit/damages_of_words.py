"""Ways to break agreements, polls and minutes by raw SQL, and the row the audit must name then."""

from tests.audit.damages import broken

AGREEMENTS = (
    broken(
        "parties.agreements_say_what_was_published",
        "agreement {agreement}",
        "UPDATE parties_agreementversion SET text = text || '{{\"en\": \"Pay twice.\"}}'",
        text="whose fingerprints are not those of its text",
    ),
    broken(
        "parties.signatures_are_of_their_texts",
        "signature {signature}",
        "UPDATE parties_agreementsignature SET text_hash = repeat('0', 64)",
        text="is on other words",
    ),
    broken(
        "parties.signers_worked_there",
        "signature {signature}",
        "UPDATE parties_membership m SET ends_at = g.signed_at - interval '1 day' FROM parties_agreementsignature g"
        " WHERE m.user_id = g.signed_by_id AND m.organization_id = g.organization_id",
        text="who has had no place as buyer",
    ),
    broken(
        "parties.active_partners_have_signed",
        "partner {partner}",
        "UPDATE parties_organizationrole r SET is_active = false, contracted_at = now() - interval '9000 days'"
        " FROM parties_organization o WHERE o.id = r.organization_id AND o.ref = '{partner}' AND r.role = 'partner'",
        text="is not active",
    ),
    broken(
        "ordering.placed_under_the_agreements_asked_for",
        "order {it}",
        "UPDATE ordering_order SET placed_at = placed_at + interval '1 second' WHERE ref = '{it}'",
        "UPDATE parties_agreementversion SET published_at = o.placed_at - interval '3 days', binds_from = o.placed_at"
        " FROM ordering_order o WHERE o.ref = '{it}'",
        "UPDATE parties_agreementsignature SET signed_at = signed_at + interval '1 day'",
        pick="SELECT ref FROM ordering_order ORDER BY placed_at DESC, id DESC LIMIT 1",
        text="without a signature that counts on agr_",
    ),
)

EXCHANGE = (
    broken(
        "service.votes_are_in_order",
        "poll {poll}",
        "UPDATE service_poll SET opened_at = opened_at + interval '5 days' WHERE ref = '{poll}'",
    ),
    broken(
        "service.minutes_replace_one_another",
        "meeting {meeting}",
        "UPDATE service_meeting SET called_off_at = ends_at WHERE ref = '{meeting}'",
        text="though it was called off",
    ),
    broken(
        "service.minutes_replace_one_another",
        "meeting {meeting}",
        "UPDATE service_announcement SET withdrawn_at = NULL",
        text="though a later version replaced them",
    ),
)
