"""One way at least to break what each check of the audit looks at, by raw SQL, and the row it must name then.

`pick` finds the thing to break, `{it}` in what follows; other names in braces are those of `names_of`. Statements run
with triggers and foreign keys looking away; a constraint that would refuse is dropped first.
"""

from dataclasses import dataclass
from typing import Any

from tests.audit.used import Used


@dataclass(frozen=True)
class Damage:
    """What is done to a used database, and what the check must then name."""

    check: str
    subject: str
    statements: tuple[str, ...]
    pick: str = ""
    text: str = ""


def broken(check: str, subject: str, *statements: str, pick: str = "", text: str = "") -> Damage:
    """A damage."""
    return Damage(check, subject, statements, pick, text)


def drop(constraint: str) -> str:
    """The statement that drops a constraint, named table.constraint."""
    table, name = constraint.split(".")
    return f"ALTER TABLE {table} DROP CONSTRAINT {name}"


def names_of(used: Used) -> dict[str, Any]:
    """References of the used database by the names damages use."""
    orders = ("paid_out", "returned", "submitted", "half", "unpaid", "short", "signed", "unapproved", "dropped")
    names: dict[str, Any] = {"buyer": used.buyer.ref, "partner": used.partner.ref, "s1": used.s1.ref}
    names["ticket"] = used.ticket
    names |= {"agreement": used.agreement, "signature": used.signature, "poll": used.poll, "meeting": used.meeting}
    names |= {"rival": used.rival.ref, "moved": used.moved}
    names |= {"before_move": used.before_move.ref, "after_move": used.after_move.ref}
    names |= {"applied": used.applied, "rejected": used.rejected, "renewed": used.renewed, "renamed": used.renamed}
    for order in (*orders, "refunded"):
        placed = getattr(used, order)
        names[order] = placed.ref
        for position, ref in enumerate(placed.supplier_order_refs):
            names[f"{order}{position + 1}"] = ref
            names[f"{order}{position + 1}_line"] = used.line(placed, position)
    return names


CORE = (
    broken(
        "core.sealed_tables_are_guarded",
        "table ledger_posting",
        "ALTER TABLE ledger_posting DISABLE TRIGGER ledger_posting_append_only",
    ),
    broken(
        "core.sealed_tables_are_guarded",
        "table settlement_statement",
        "DROP TRIGGER settlement_statement_append_only ON settlement_statement",
    ),
    broken(
        "core.sealed_tables_are_guarded",
        "table core_event_2026_03",
        "ALTER TABLE core_event_2026_03 DISABLE TRIGGER core_event_append_only",
    ),
    broken(
        "core.triggers_are_on",
        "table inventory_reservation",
        "ALTER TABLE inventory_reservation DISABLE TRIGGER inventory_reservation_resolved_stays",
        text="inventory_reservation_resolved_stays",
    ),
    broken(
        "core.history_is_kept",
        "table catalog_sku",
        "DROP TRIGGER catalog_sku_keeps_history ON catalog_sku",
    ),
    broken(
        "core.unique_keys_exist",
        "table ledger_entry",
        drop("ledger_entry.ledger_entry_key_once"),
        text="ledger_entry_key_once",
    ),
    broken("core.unique_keys_exist", "table ordering_order", "{it}", pick=(
        "SELECT 'ALTER TABLE ordering_order DROP CONSTRAINT ' || conname FROM pg_constraint"
        " WHERE conrelid = 'ordering_order'::regclass AND contype = 'u'"), text="on ref"),
    broken(
        "core.unique_keys_exist",
        "table settlement_payment",
        "DROP INDEX settlement_gateway_ref_once",
        text="settlement_gateway_ref_once",
    ),
    broken(
        "core.constraints_exist",
        "table ordering_orderline",
        drop("ordering_orderline.ordering_line_parts_sum"),
        text="ordering_line_parts_sum",
    ),
    broken(
        "core.constraints_exist",
        "table parties_assignment",
        drop("parties_assignment.parties_one_partner_at_a_time"),
        text="parties_one_partner_at_a_time",
    ),
    broken("core.constraints_exist", "table ledger_posting", "{it}", pick=(
        "SELECT 'ALTER TABLE ledger_posting DROP CONSTRAINT ' || conname FROM pg_constraint"
        " WHERE conrelid = 'ledger_posting'::regclass AND contype = 'f'"), text="entry_id"),
    broken(
        "core.constraints_are_valid",
        "table ledger_hold",
        drop("ledger_hold.ledger_hold_amount_positive"),
        "ALTER TABLE ledger_hold ADD CONSTRAINT ledger_hold_amount_positive CHECK (amount > 0) NOT VALID",
        text="ledger_hold_amount_positive",
    ),
    broken(
        "core.no_job_has_failed",
        "job {it}",
        "INSERT INTO procrastinate_jobs (id, queue_name, task_name, lock, args, status)"
        " VALUES ({it}, 'events', 'settlement.react', 'settlement:x', '{{}}', 'failed')",
        pick="SELECT nextval('procrastinate_jobs_id_seq')",
        text="settlement.react on settlement:x",
    ),
    broken(
        "core.no_job_is_left_half_done",
        "job {it}",
        "INSERT INTO procrastinate_jobs (id, queue_name, task_name, lock, args, status)"
        " VALUES ({it}, 'events', 'settlement.react', 'settlement:x', '{{}}', 'doing')",
        pick="SELECT nextval('procrastinate_jobs_id_seq')",
        text="carried on by nobody",
    ),
)

_POSTING = "SELECT id FROM ledger_posting WHERE source = 'bank' ORDER BY id LIMIT 1"
LEDGER = (
    broken(
        "ledger.postings_move_something",
        "posting {it}",
        drop("ledger_posting.ledger_posting_amount_positive"),
        "UPDATE ledger_posting SET amount = -amount WHERE id = {it}",
        pick=_POSTING,
    ),
    broken(
        "ledger.postings_belong_to_entries",
        "posting {it}",
        "UPDATE ledger_posting SET entry_id = 0 WHERE id = {it}",
        pick=_POSTING,
        text="no entry",
    ),
    broken(
        "ledger.postings_belong_to_entries",
        "posting {it}",
        "UPDATE ledger_posting SET at = at + interval '1 second' WHERE id = {it}",
        pick=_POSTING,
        text="another time",
    ),
    broken(
        "ledger.balances_are_sums",
        "balance escrow/{unpaid1} CNY",
        "INSERT INTO ledger_balance (account, unit, amount, held, floor) VALUES ('escrow/{unpaid1}', 'CNY', 7, 0, 0)",
        text="is 7, its postings come to 0",
    ),
    broken(
        "ledger.floors_have_balances",
        "account escrow/{paid_out1} CNY",
        "DELETE FROM ledger_balance WHERE account = 'escrow/{paid_out1}'",
    ),
    broken(
        "ledger.held_is_open_holds",
        "balance buyer/{buyer}/receivable CNY",
        "UPDATE ledger_balance SET held = held + 1 WHERE account = 'buyer/{buyer}/receivable'",
    ),
    broken(
        "ledger.holds_have_balances",
        "hold {it}",
        "UPDATE ledger_hold SET account = 'bank' WHERE ref = '{it}'",
        pick="SELECT ref FROM ledger_hold WHERE status = 'held' ORDER BY id LIMIT 1",
    ),
    broken(
        "ledger.snapshots_are_sums",
        "snapshot bank CNY upto {it}",
        "UPDATE ledger_snapshot SET amount = amount + 1 WHERE account = 'bank' AND upto_posting_id = {it}",
        pick="SELECT min(upto_posting_id) FROM ledger_snapshot WHERE account = 'bank'",
    ),
    broken(
        "ledger.reversals_undo",
        "entry {it}",
        "UPDATE ledger_entry SET reverses_id = (SELECT id FROM ledger_entry WHERE key = 'funded:{paid_out1}')"
        " WHERE ref = '{it}'",
        pick="SELECT ref FROM ledger_entry WHERE key = 'funded:{paid_out2}'",
    ),
    broken(
        "ledger.guards_stand", "table ledger_balance", "DROP TRIGGER ledger_balance_floor ON ledger_balance"
    ),
)

PARTIES = (
    broken(
        "parties.approvals_are_voted",
        "approval {it}",
        "UPDATE parties_approval SET status = 'approved' WHERE ref = '{it}'",
        pick="SELECT ref FROM parties_approval WHERE subject = '{unapproved}'",
        text="with 0 of 1 votes",
    ),
    broken(
        "parties.approvals_are_voted",
        "approval {it}",
        drop("parties_approvalvote.parties_one_vote_each"),
        "UPDATE parties_approvalvote v SET person_id = (SELECT min(person_id) FROM parties_approvalvote w"
        " WHERE w.approval_id = v.approval_id) FROM parties_approval a WHERE a.id = v.approval_id AND a.ref = '{it}'",
        pick="SELECT ref FROM parties_approval WHERE status = 'approved' ORDER BY id LIMIT 1",
        text="with 1 of 2 votes",
    ),
    broken(
        "parties.buyers_have_one_partner",
        "assignment {it}",
        drop("parties_assignment.parties_one_partner_at_a_time"),
        "INSERT INTO parties_assignment (id, buyer_id, partner_id, starts_at)"
        " SELECT {it}, buyer_id, partner_id, starts_at FROM parties_assignment ORDER BY id LIMIT 1",
        pick="SELECT nextval('parties_assignment_id_seq')",
    ),
)

PRICING = (
    broken(
        "pricing.contracts_are_as_signed",
        "contract version {it}",
        "UPDATE pricing_contractversion SET terms = replace(terms, '\"3\"', '\"2\"') WHERE ref = '{it}'",
        pick="SELECT ref FROM pricing_contractversion WHERE kind = 'operator_supplier' ORDER BY id LIMIT 1",
    ),
    broken(
        "pricing.contracts_are_as_signed",
        "contract signature {it}",
        "UPDATE pricing_contractsignature SET terms_hash = repeat('0', 64) WHERE id = {it}",
        pick="SELECT min(id) FROM pricing_contractsignature",
    ),
    broken(
        "pricing.nobody_signs_for_both",
        "contract version {it}",
        drop("pricing_contractsignature.pricing_signature_person_once"),
        "UPDATE pricing_contractsignature SET user_id = 1"
        " WHERE contract_id = (SELECT id FROM pricing_contractversion WHERE ref = '{it}')",
        pick="SELECT ref FROM pricing_contractversion ORDER BY id LIMIT 1",
    ),
    broken(
        "pricing.allowances_count_uses",
        "coupon allowance {it}",
        "UPDATE pricing_couponallowance SET used = used + 1 WHERE id = {it}",
        pick="SELECT min(id) FROM pricing_couponallowance",
    ),
    broken(
        "pricing.coupons_are_not_overdrawn",
        "coupon {it}",
        drop("pricing_coupon.pricing_coupon_cap"),
        "UPDATE pricing_coupon SET uses_left = -1 WHERE ref = '{it}'",
        pick="SELECT ref FROM pricing_coupon ORDER BY id LIMIT 1",
    ),
)

_LEVEL = (
    "SELECT k.ref || ' at ' || p.ref FROM inventory_stocklevel s JOIN catalog_sku k ON k.id = s.sku_id"
    " JOIN inventory_location p ON p.id = s.location_id WHERE k.code = 'A'"
)
_OF_A = "(SELECT id FROM catalog_sku WHERE code = 'A')"
INVENTORY = (
    broken(
        "inventory.levels_are_sums",
        "stock of {it}",
        f"UPDATE inventory_stocklevel SET on_hand = on_hand + 1 WHERE sku_id = {_OF_A}",
        pick=_LEVEL,
        text="on hand, its movements come to",
    ),
    broken(
        "inventory.levels_are_sums",
        "stock of {it}",
        f"UPDATE inventory_stocklevel SET reserved = reserved - 1 WHERE sku_id = {_OF_A}",
        pick=_LEVEL,
        text="reserved, its holds come to",
    ),
    broken(
        "inventory.levels_are_sums",
        "stock of {it}",
        drop("inventory_stocklevel.inventory_not_oversold"),
        f"UPDATE inventory_stocklevel SET on_hand = reserved - 1 WHERE sku_id = {_OF_A}",
        pick=_LEVEL,
        text="has promised",
    ),
    broken(
        "inventory.movements_are_sound",
        "movement {it}",
        "DELETE FROM inventory_stocklevel WHERE sku_id = (SELECT sku_id FROM inventory_movement WHERE key = '{it}')",
        pick="SELECT m.key FROM inventory_movement m JOIN catalog_sku k ON k.id = m.sku_id WHERE k.code = 'D'",
        text="keeps no level",
    ),
    broken(
        "inventory.movements_are_sound",
        "movement {it}",
        drop("inventory_movement.inventory_movement_positive"),
        "UPDATE inventory_movement SET quantity = 0 WHERE key = '{it}'",
        pick="SELECT key FROM inventory_movement ORDER BY id LIMIT 1",
    ),
    broken(
        "inventory.holds_resolve_once",
        "reservation {it}",
        drop("inventory_reservation.inventory_reservation_resolved_once"),
        "UPDATE inventory_reservation SET resolved_at = NULL WHERE id || ' for ' || subject = '{it}'",
        pick="SELECT id || ' for ' || subject FROM inventory_reservation WHERE status = 'captured' ORDER BY id LIMIT 1",
    ),
    broken(
        "inventory.resolved_holds_are_guarded",
        "table inventory_reservation",
        "DROP TRIGGER inventory_reservation_resolved_stays ON inventory_reservation",
    ),
)

FULFILMENT = (
    broken(
        "fulfilment.lines_are_shipped_in_shipments",
        "order line {short1_line}",
        "DELETE FROM fulfilment_shipmentline WHERE order_line_id ="
        " (SELECT id FROM ordering_orderline WHERE ref = '{short1_line}')",
    ),
    broken(
        "fulfilment.shipments_follow_release",
        "shipment {it}",
        "UPDATE fulfilment_shipment SET dispatched_at = dispatched_at - interval '9 days' WHERE ref = '{it}'",
        pick="SELECT h.ref FROM fulfilment_shipment h JOIN ordering_supplierorder p ON p.id = h.supplier_order_id"
        " WHERE p.ref = '{short1}'",
    ),
    broken(
        "fulfilment.shipments_follow_release",
        "shipment {it}",
        "UPDATE fulfilment_shipmentline SET order_line_id ="
        " (SELECT id FROM ordering_orderline WHERE ref = '{short2_line}')"
        " WHERE shipment_id = (SELECT id FROM fulfilment_shipment WHERE ref = '{it}')",
        pick="SELECT h.ref FROM fulfilment_shipment h JOIN ordering_supplierorder p ON p.id = h.supplier_order_id"
        " WHERE p.ref = '{short1}'",
        text="another supplier order",
    ),
)


def _import(status: str, rows: int, traded: int, kept: int, reasons: str = "{{}}") -> str:
    """An import of so many rows, as its table keeps it."""
    return (
        "INSERT INTO integration_importjob (ref, supplier_id, asked_by_id, released_by_id, status, file_name,"
        " file_bytes, total_rows, piece, rows, amount, traded_lines, traded_amount, known_lines, orders, kept_lines,"
        " kept_amount, kept_bytes, reasons, worked_ms, fault, asked_at)"
        f" SELECT 'imp_forged', o.id, u.id, u.id, '{status}', 'forged.csv', 1, {rows}, 1, {rows}, 0, {traded}, 0, 0, 0,"
        f" {kept}, 0, 0, '{reasons}', 0, '', '2026-03-02'"
        " FROM parties_organization o, parties_user u ORDER BY o.id, u.id LIMIT 1"
    )


IMPORTS = (
    broken(
        "integration.imports_lose_no_line",
        "import imp_forged",
        drop("integration_importjob.integration_no_line_is_lost"),
        _import("stopped", 3, 1, 1),
        text="has read 3 rows, traded 1 and kept 1",
    ),
    broken(
        "integration.imports_lose_no_line",
        "import imp_forged",
        _import("stopped", 3, 1, 2, '{{"zero_price": 1}}'),
        text="kept 2 (1 by reason)",
    ),
    broken(
        "integration.running_imports_go_on",
        "import imp_forged",
        _import("running", 0, 0, 0),
        text="nobody works on its piece",
    ),
)

SERVICE = (
    broken(
        "service.tickets_stand_as_said",
        "ticket {ticket}",
        "UPDATE service_ticket SET state = 'open' WHERE ref = '{ticket}'",
        text="its last word left it taken",
    ),
    broken(
        "service.tickets_stand_as_said",
        "ticket {ticket}",
        "DELETE FROM service_ticketword w USING service_ticket t WHERE t.id = w.ticket_id AND t.ref = '{ticket}'",
        text="nowhere",
    ),
)
