"""Ways to break by raw SQL whose buyer this is and whose order that was, and the row the audit must name then."""

from tests.audit.damages import broken

CHANNEL = (
    broken(
        "ordering.placed_under_the_partner_of_the_day",
        "order {before_move}",
        "UPDATE ordering_order SET partner_id = p.id FROM parties_organization p"
        " WHERE p.ref = '{rival}' AND ordering_order.ref = '{before_move}'",
        text="under a partner its buyer did not belong to then",
    ),
    broken(
        "ordering.placed_under_the_partner_of_the_day",
        "order {after_move}",
        "UPDATE ordering_order SET partner_id = p.id FROM parties_organization p"
        " WHERE p.ref = '{partner}' AND ordering_order.ref = '{after_move}'",
    ),
    broken(
        "parties.cutovers_are_carried_out",
        "cut-over {moved}",
        "UPDATE parties_assignment a SET starts_at = a.starts_at + interval '1 minute' FROM parties_cutover c"
        " WHERE c.ref = '{moved}' AND a.buyer_id = c.buyer_id AND a.partner_id = c.partner_id",
        text="begins no assignment to its partner",
    ),
    broken(
        "parties.cutovers_are_carried_out",
        "cut-over {moved}",
        "UPDATE parties_assignment a SET ends_at = a.ends_at - interval '1 minute' FROM parties_cutover c"
        " WHERE c.ref = '{moved}' AND a.buyer_id = c.buyer_id AND a.partner_id = c.before_id",
        text="ends no assignment to the partner before",
    ),
    broken(
        "parties.cutovers_are_carried_out",
        "cut-over {it}",
        "UPDATE parties_cutover SET withdrawn_at = NULL WHERE ref = '{it}'",
        pick="SELECT ref FROM parties_cutover WHERE withdrawn_at IS NOT NULL",
    ),
)
