"""The damages to orders: promises 2, 3 and 4."""

from tests.audit.damages import broken, drop

_FIGURES = drop("ordering_orderline.ordering_line_parts_sum")
_SANE = drop("ordering_orderline.ordering_line_quantities_sane")


def _line(change: str, line: str) -> str:
    return f"UPDATE ordering_orderline SET {change} WHERE ref = '{{{line}_line}}'"


def _part(change: str, part: str) -> str:
    return f"UPDATE ordering_supplierorder SET {change} WHERE ref = '{{{part}}}'"


def _order(change: str, order: str) -> str:
    return f"UPDATE ordering_order SET {change} WHERE ref = '{{{order}}}'"


FIGURES = (
    broken(
        "ordering.orders_equal_their_parts",
        "order {half}",
        _order("goods = goods + 1, total = total + 1", "half"),
    ),
    broken("ordering.parts_equal_their_lines", "supplier order {half1}", _part("goods = goods - 1", "half1")),
    broken(
        "ordering.parts_equal_their_lines",
        "supplier order {half1}",
        _part("partner_id = supplier_id", "half1"),
        text="in the hands",
    ),
    broken("ordering.dues_follow_from_lines", "supplier order {short1}", _part("due = due + 1", "short1")),
    broken("ordering.decided_parts_are_due", "supplier order {half1}", _part("due = 5", "half1")),
    broken(
        "ordering.trails_and_parts_add_up",
        "order line {half1_line}",
        "UPDATE ordering_pricestage SET amount = amount + 1 WHERE kind = 'base'"
        " AND line_id = (SELECT id FROM ordering_orderline WHERE ref = '{half1_line}')",
    ),
    broken(
        "ordering.trails_and_parts_add_up",
        "order line {half1_line}",
        _FIGURES,
        _line("supplier_net = supplier_net + 1", "half1"),
        text="its parties get",
    ),
    broken(
        "ordering.trails_and_parts_add_up",
        "order line {half1_line}",
        _line("unit_price = unit_price + 1", "half1"),
        text="unit price",
    ),
    broken(
        "ordering.splits_follow_from_contracts",
        "order line {half1_line}",
        _line("fee = fee - 1, supplier_net = supplier_net + 1", "half1"),
        text="fee 2795, not 2796",
    ),
    broken(
        "ordering.splits_follow_from_contracts",
        "order line {half1_line}",
        _line("""facts = '{{"gross": "much"}}'""", "half1"),
        text="cannot be read",
    ),
    broken(
        "ordering.splits_follow_from_contracts",
        "order line {half1_line}",
        _line("supplier_contract_id = partner_contract_id", "half1"),
        text="contract with the supplier",
    ),
)

HOLDS = (
    broken(
        "ordering.orders_count_in_their_period",
        "order {submitted}",
        _order("budget_period = '2025-13'", "submitted"),
        text="counts in 2025-13",
    ),
    broken(
        "ordering.lines_hold_their_stock",
        "order line {submitted1_line}",
        "UPDATE inventory_reservation SET status = 'released', resolved_at = at WHERE subject = '{submitted1_line}'",
        text="should hold 10 in stock, it holds 0",
    ),
    broken(
        "ordering.lines_hold_their_stock",
        "order line {dropped1_line}",
        "UPDATE inventory_reservation SET status = 'held', resolved_at = NULL WHERE subject = '{dropped1_line}'",
        text="is cancelled and should hold 0 in stock, it holds 10",
    ),
    broken(
        "ordering.lines_hold_their_stock",
        "order line {short2_line}",
        _line("substitute_id = NULL", "short2"),
        text="another sku",
    ),
    broken(
        "ordering.lines_hold_their_stock",
        "reservation for nobody",
        "INSERT INTO inventory_reservation (stock_id, subject, quantity, status, at)"
        " SELECT id, 'nobody', 1, 'held', '2026-03-02' FROM inventory_stocklevel ORDER BY id LIMIT 1",
    ),
    broken(
        "ordering.shipped_goods_have_left",
        "order line {paid_out2_line}",
        "DELETE FROM inventory_movement WHERE subject = '{paid_out2_line}'",
        text="has shipped 3, movements say 0",
    ),
    broken(
        "ordering.orders_hold_credit_and_budget",
        "order {submitted}",
        "UPDATE ledger_hold SET status = 'released', resolved_at = at WHERE subject = '{submitted}'",
        text="/receivable, it holds 0",
    ),
    broken(
        "ordering.orders_hold_credit_and_budget",
        "order {submitted}",
        "UPDATE ledger_hold SET status = 'captured', resolved_at = at WHERE subject = '{submitted}:budget'",
        text="/budget/TOOLS, it holds 0",
    ),
    broken(
        "ordering.orders_hold_credit_and_budget",
        "hold {it}",
        "UPDATE ledger_hold SET status = 'held', resolved_at = NULL WHERE ref = '{it}'",
        pick="SELECT ref FROM ledger_hold WHERE subject = '{dropped}'",
        text="which does not wait",
    ),
    broken(
        "ordering.orders_hold_their_coupons",
        "order {submitted}",
        "UPDATE pricing_couponuse SET status = 'returned' WHERE subject = '{submitted}'",
    ),
    broken(
        "ordering.orders_hold_their_coupons",
        "coupon use {it}",
        "UPDATE pricing_couponuse SET status = 'held' WHERE id = {it}",
        pick="SELECT id FROM pricing_couponuse WHERE subject = '{dropped}'",
        text="is closed",
    ),
    broken(
        "ordering.orders_hold_their_coupons",
        "coupon use {it}",
        "UPDATE pricing_couponuse SET status = 'redeemed' WHERE id = {it}",
        pick="SELECT id FROM pricing_couponuse WHERE subject = '{dropped}'",
    ),
)

_BOTH = drop("ordering_supplierorder.ordering_confirmed_by_both")
_FUNDED = drop("ordering_supplierorder.ordering_released_only_if_funded")
_RELEASED = drop("ordering_supplierorder.ordering_shipped_only_if_released")
_FREE = drop("ordering_supplierorder.ordering_completed_free")
_UNSHIPPED = drop("ordering_supplierorder.ordering_cancelled_before_shipping")
_APPROVED = drop("ordering_order.ordering_submitted_only_if_approved")

_OTHERS_CENTRE = "(SELECT id FROM parties_costcentre WHERE ref = 'cct_others')"

STATES = (
    broken(
        "ordering.booked_inside_the_company",
        "order {half}",
        drop("ordering_order.ordering_order_cost_centre_own"),
        "INSERT INTO parties_costcentre (ref, organization_id, code, name)"
        " SELECT 'cct_others', id, '99', 'Others' FROM parties_organization WHERE ref = '{partner}'",
        _order(f"cost_centre_id = {_OTHERS_CENTRE}, cost_centre_code = '99'", "half"),
        text="a cost centre of others",
    ),
    broken(
        "ordering.events_lead_to_the_state",
        "supplier order {unpaid1}",
        "DELETE FROM core_event WHERE subject = '{unpaid1}' AND name = 'SupplierOrderConfirmed'",
        text="nothing since it was submitted",
    ),
    broken(
        "ordering.events_lead_to_the_state",
        "supplier order {submitted1}",
        _BOTH,
        _FUNDED,
        _part("status = 'released'", "submitted1"),
    ),
    broken(
        "ordering.moments_are_those_of_events",
        "supplier order {paid_out1}",
        _part("completed_at = completed_at + interval '1 day'", "paid_out1"),
    ),
    broken(
        "ordering.orders_were_placed",
        "order {half}",
        "DELETE FROM core_event WHERE subject = '{half}' AND name = 'OrderPlaced'",
    ),
    broken(
        "ordering.submitted_only_if_approved",
        "order {unapproved}",
        "UPDATE parties_approval SET status = 'approved' WHERE subject = '{unapproved}'",
    ),
    broken(
        "ordering.submitted_only_if_approved",
        "order {unapproved}",
        _APPROVED,
        _order("submitted_at = placed_at", "unapproved"),
        "UPDATE ordering_supplierorder SET submitted_at = (SELECT placed_at FROM ordering_order"
        " WHERE ref = '{unapproved}') WHERE order_id = (SELECT id FROM ordering_order WHERE ref = '{unapproved}')",
        text="is waiting and submitted",
    ),
    broken(
        "ordering.submitted_only_if_approved",
        "supplier order {half1}",
        _part("submitted_at = submitted_at - interval '1 hour'", "half1"),
    ),
    broken(
        "ordering.confirmed_by_both",
        "supplier order {paid_out1}",
        _BOTH,
        _part("margin_confirmed_at = NULL", "paid_out1"),
        text="not confirmed by its partner",
    ),
    broken(
        "ordering.confirmed_by_both",
        "supplier order {unpaid1}",
        _BOTH,
        _part("supply_confirmed_by = ''", "unpaid1"),
        text="not confirmed by its supplier",
    ),
    broken(
        "ordering.nobody_confirms_for_both",
        "supplier order {paid_out1}",
        _part("margin_confirmed_by = supply_confirmed_by", "paid_out1"),
        text="by one person, usr_",
    ),
    broken(
        "ordering.released_with_funds",
        "supplier order {short1}",
        _FUNDED,
        _part("funded_at = NULL", "short1"),
        text="without having been funded",
    ),
    broken(
        "ordering.shipped_only_what_was_released",
        "supplier order {unpaid1}",
        _RELEASED,
        _part("shipped_at = confirmed_at", "unpaid1"),
    ),
    broken(
        "ordering.shipped_only_what_was_released",
        "order line {short1_line}",
        _SANE,
        _line("shipped = 8", "short1"),
        text="shipped 8",
    ),
    broken(
        "ordering.signed_when_all_is_here",
        "supplier order {signed1}",
        _line("signed = 9", "signed1"),
        text="1 of its goods",
    ),
    broken(
        "ordering.completed_after_the_window",
        "supplier order {paid_out1}",
        _part("completed_at = completes_at - interval '1 second'", "paid_out1"),
        text="before its window",
    ),
    broken(
        "ordering.completed_after_the_window",
        "supplier order {paid_out1}",
        _FREE,
        _part("holds = 1", "paid_out1"),
        text="while held",
    ),
    broken(
        "ordering.cancelled_before_shipping",
        "supplier order {refunded1}",
        _UNSHIPPED,
        _part("shipped_at = released_at", "refunded1"),
        text="goods have left",
    ),
    broken(
        "ordering.cancelled_before_shipping",
        "supplier order {dropped1}",
        _part("cancel_reason = ''", "dropped1"),
    ),
    broken("ordering.closed_when_all_is_final", "order {paid_out}", _order("closed_at = NULL", "paid_out")),
    broken("ordering.closed_when_all_is_final", "order {half}", _order("closed_at = placed_at", "half")),
    broken(
        "ordering.split_under_signed_contracts",
        "order line {half1_line}",
        _line("supplier_contract_id = partner_contract_id", "half1"),
        text="a contract of others",
    ),
    broken(
        "ordering.split_under_signed_contracts",
        "order line {half1_line}",
        _line("partner_contract_id = NULL", "half1"),
        text="without a contract",
    ),
)
