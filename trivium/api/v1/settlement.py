"""Money: paying, refunds, statements, payouts, accounts, and why each cent went where it did."""

import datetime as dt
from typing import Any

import msgspec
from django.http import HttpResponse
from ninja import Query, Router

from trivium.api.answers import amount, amounts, answer, draws, pdf, reads, writes
from trivium.api.auth import Asked
from trivium.api.idempotency import once
from trivium.api.paging import Window, page
from trivium.api.v1.money import (
    BudgetGiven,
    BudgetView,
    CreditGiven,
    Explanation,
    GatewayMoney,
    GatewayPayoutGiven,
    Issue,
    Issued,
    OpenAccount,
    PaymentAsked,
    PaymentRow,
    PaymentView,
    PayoutRow,
    Receipt,
    RefundGiven,
    RefundMade,
    RefundRow,
    ReturnGiven,
    StatementClosed,
    StatementRow,
    StatementView,
    TransferGiven,
    TransferToReturn,
)
from trivium.api.v1.ordering import order_ref
from trivium.api.v1.orders import of_stage
from trivium.api.v1.shapes import Done, Items, Made, Page
from trivium.core import documents
from trivium.core.money import to_minor
from trivium.core.time import now
from trivium.ordering import queries as orders
from trivium.parties.commands import BudgetTerms
from trivium.settlement import commands, queries
from trivium.settlement.queries import BudgetMoney, PeriodMoney
from trivium.settlement.rules import RefundItem

router = Router()


# -- paying ------------------------------------------------------------------------------------------------------------


@router.post("/orders/{ref}/pay", **writes(PaymentView))
@once
def pay(request: Asked, ref: str, given: PaymentAsked) -> HttpResponse:
    """The buyer pays what is due for an order through a gateway; asked twice while under way, it is one payment."""
    payment = commands.start_payment(request.auth, order_ref(request.auth, ref), gateway=given.gateway)
    return answer(
        {
            "ref": payment.ref,
            "gateway": payment.gateway,
            "status": payment.status,
            "amount": amount(payment.amount, payment.currency),
            "currency": payment.currency,
        }
    )


@router.get("/orders/{ref}/payments", **reads(Items[PaymentRow]))
def payments(request: Asked, ref: str) -> HttpResponse:
    """An order's payments."""
    return answer({"items": [_payment(row) for row in queries.payments_of(request.auth, ref)]})


def _payment(row: dict[str, Any]) -> dict[str, Any]:
    figures = {name: amount(row[name], row["currency"]) for name in ("amount", "surplus")}
    return {**row, **figures}


@router.post("/orders/{ref}/bank-transfer", **writes(Made, 201))
@once
def bank_transfer(request: Asked, ref: str, given: TransferGiven) -> HttpResponse:
    """A bank transfer for an order has arrived: exactly what is due."""
    found = orders.order_ref_of(request.auth, ref)
    currency = orders.parts_of_order(found)[0].currency
    minor = to_minor(given.amount, currency, field="amount")
    payment = commands.record_bank_transfer(
        request.auth, found, amount=minor, reference=given.reference, to_send_back=given.to_send_back
    )
    return answer({"ref": payment.ref}, 201)


@router.get("/transfers-to-return", **reads(Items[TransferToReturn]))
def transfers_to_return(request: Asked) -> HttpResponse:
    """Money that came too much and has to be sent back, oldest first."""
    rows = queries.transfers_to_return(request.auth)
    return answer({"items": [{**row, "amount": amount(row["amount"], row["currency"])} for row in rows]})


@router.post("/payments/{ref}/return", **writes(Made))
@once
def return_transfer(request: Asked, ref: str, given: ReturnGiven) -> HttpResponse:
    """A transfer that came too much has been sent back."""
    return answer({"ref": commands.return_transfer(request.auth, ref, reference=given.reference).ref})


@router.get("/gateways", **reads(Items[GatewayMoney]))
def gateways(request: Asked) -> HttpResponse:
    """What payment gateways hold."""
    rows = queries.money_at_gateways(request.auth)
    return answer({"items": [{**row, "held": amount(row["held"], row["currency"])} for row in rows]})


@router.post("/gateways/{name}/payouts", **writes(Made, 201))
@once
def gateway_payout(request: Asked, name: str, given: GatewayPayoutGiven) -> HttpResponse:
    """A gateway has paid out: what arrived at the bank and what it kept leave it."""
    payout = commands.record_gateway_payout(
        request.auth,
        name,
        amount=to_minor(given.amount, given.currency, field="amount"),
        fee=to_minor(given.fee, given.currency, field="fee"),
        currency=given.currency,
        reference=given.reference,
    )
    return answer({"ref": payout.ref}, 201)


# -- refunds -----------------------------------------------------------------------------------------------------------


@router.post("/supplier-orders/{ref}/refunds", **writes(RefundMade, 201))
@once
def refund(request: Asked, ref: str, given: RefundGiven) -> HttpResponse:
    """Give goods or money of a supplier order back to its buyer."""
    currency = orders.get_part(request.auth, ref).currency
    items = [
        RefundItem(
            line.line_ref,
            quantity=line.quantity,
            amount=to_minor(line.amount, currency, field=f"lines.{position}.amount"),
            unshipped=line.unshipped,
            by_choice=line.by_choice,
        )
        for position, line in enumerate(given.lines)
    ]
    freight = to_minor(given.freight, currency, field="freight")
    made = commands.refund(
        request.auth, ref, items, freight=freight, reason=given.reason, restock=given.restock
    )
    shown = {"ref": made.ref, "currency": currency, "freight": amount(made.freight, currency)}
    if not request.auth.is_role("supplier"):
        shown["amount"] = amount(made.amount, currency)
    return answer(shown, 201)


@router.get("/supplier-orders/{ref}/refunds", **reads(Items[RefundRow]))
def refunds(request: Asked, ref: str) -> HttpResponse:
    """What was given back of a supplier order."""
    found = queries.refunds_of(request.auth, [ref])[ref]
    return answer({"items": [_refund(row) for row in found]})


def _refund(row: dict[str, Any]) -> dict[str, Any]:
    return row | {name: amount(row[name], row["currency"]) for name in ("freight", "amount") if name in row}


@router.get("/lines/{ref}/explain", **reads(Explanation))
def explain(request: Asked, ref: str) -> HttpResponse:
    """Why a line costs what it costs and where its money goes, as far as this workspace may know."""
    view = queries.explain_line(request.auth, ref)
    currency = view["currency"]
    shown = {
        **view,
        "trail": [of_stage(stage, currency) for stage in view["trail"]],
        "figures": amounts(view["figures"], currency),
        "given_back": amounts(view["given_back"], currency),
        "contracts": [{**contract, "terms": _terms(contract["terms"])} for contract in view["contracts"]],
        "books": [{**entry, "amount": amount(entry["amount"], entry["currency"])} for entry in view["books"]],
    }
    return answer(shown)


def _terms(terms: str | dict[str, Any]) -> Any:
    return msgspec.json.decode(terms) if isinstance(terms, str) else terms


# -- statements and payouts --------------------------------------------------------------------------------------------


@router.get("/statements", **reads(Page[StatementRow]))
def statements(request: Asked, wanted: Query[Window]) -> HttpResponse:
    """Statements of this workspace, newest first."""
    found = queries.statements_of(request.auth, before_id=wanted.last_id, limit=wanted.limit + 1)
    return answer(page(found, wanted, id_of=_id, show=_statement))


@router.get("/statements/{ref}", **reads(StatementView))
def statement(request: Asked, ref: str) -> HttpResponse:
    """A statement with every line."""
    view = queries.get_statement(request.auth, ref)
    currency = view["currency"]
    shown = _statement(view)
    shown["lines"] = [{**line, "amount": amount(line["amount"], currency)} for line in view["lines"]]
    if payout := view["payout"]:
        shown["payout"] = {**payout, "amount": amount(payout["amount"], currency)}
    return answer(shown)


@router.get("/statements/{ref}/document.pdf", **draws("The statement as PDF"))
def statement_document(request: Asked, ref: str) -> HttpResponse:
    """A statement on paper with every line and who has confirmed it, in the language of Accept-Language."""
    return pdf(documents.compose("statement", request.auth, ref))


@router.post("/statements", **writes(Issued, 201))
@once
def issue(request: Asked, given: Issue) -> HttpResponse:
    """State to every supplier and partner what moved for it before a moment (now)."""
    until: dt.datetime = given.until or now()
    return answer({"statement_refs": commands.issue_statements(request.auth, until=until)}, 201)


@router.post("/statements/{ref}/confirm", **writes(StatementClosed))
@once
def confirm_statement(request: Asked, ref: str) -> HttpResponse:
    """Confirm a statement for one's side; `closed` says whether that made it payable."""
    return answer({"ref": ref, "closed": commands.confirm_statement(request.auth, ref)})


@router.post("/statements/{ref}/payout", **writes(Made, 201))
@once
def propose_payout(request: Asked, ref: str) -> HttpResponse:
    """Propose the payout of a statement anew after it was declined; one other person approves it."""
    return answer({"ref": commands.propose_payout(request.auth, ref)}, 201)


def _id(row: dict[str, Any]) -> int:
    return int(row["id"])


def _statement(row: dict[str, Any]) -> dict[str, Any]:
    figures = {name: amount(row[name], row["currency"]) for name in ("opening", "total")}
    return {name: value for name, value in row.items() if name != "id"} | figures


@router.get("/payouts", **reads(Page[PayoutRow]))
def payouts(request: Asked, wanted: Query[Window]) -> HttpResponse:
    """Payouts of this workspace, newest first."""
    found = queries.payouts_of(request.auth, before_id=wanted.last_id, limit=wanted.limit + 1)
    return answer(page(found, wanted, id_of=_id, show=_payout))


def _payout(row: dict[str, Any]) -> dict[str, Any]:
    shown = {name: value for name, value in row.items() if name != "id"}
    return {**shown, "amount": amount(row["amount"], row["currency"])}


# -- accounts ----------------------------------------------------------------------------------------------------------


@router.get("/accounts", **reads(Items[OpenAccount]))
def accounts(request: Asked) -> HttpResponse:
    """What is owed on account by buyer and currency, the longest waiting first; a buyer reads its own."""
    found = queries.open_accounts(request.auth)
    return answer({"items": [{**row, "amount": amount(row["amount"], row["currency"])} for row in found]})


@router.post("/accounts/{buyer_ref}/settle", **writes(Made, 201))
@once
def settle(request: Asked, buyer_ref: str, given: Receipt) -> HttpResponse:
    """A buyer has paid (part of) what it owes on account; the oldest orders are settled first."""
    minor = to_minor(given.amount, given.currency, field="amount")
    receipt = commands.settle_account(
        request.auth, buyer_ref, amount=minor, currency=given.currency, reference=given.reference
    )
    return answer({"ref": receipt.ref}, 201)


@router.put("/accounts/{buyer_ref}/credit-limit", **writes(Done))
@once
def credit_limit(request: Asked, buyer_ref: str, given: CreditGiven) -> HttpResponse:
    """How much a buyer may owe on account."""
    minor = to_minor(given.limit, given.currency, field="limit")
    commands.set_credit_limit(request.auth, buyer_ref, minor, given.currency)
    return answer({"changed": 1})


@router.put("/accounts/{buyer_ref}/budgets/{code}", **writes(Done))
@once
def budget(request: Asked, buyer_ref: str, code: str, given: BudgetGiven) -> HttpResponse:
    """What is left of a budget of the buyer's own, for whom it is, when, and how often it begins anew."""
    minor = to_minor(given.amount, given.currency, field="amount")
    whose = (given.cost_centre_ref or "", given.department_ref or "")
    terms = BudgetTerms(*whose, given.starts_on, given.ends_on, given.renews)
    commands.keep_budget(request.auth, buyer_ref, code, terms, amount=minor, currency=given.currency)
    return answer({"changed": 1})


@router.get("/accounts/{buyer_ref}/budgets", **reads(Items[BudgetView]))
def budgets(request: Asked, buyer_ref: str) -> HttpResponse:
    """The budgets of the own company: what is left, held by waiting orders and spent; for whom they are and when."""
    rows = [
        {
            **{name: getattr(row, name) for name in ("code", "currency")},
            **_sums(row, row.currency),
            "renews": row.terms.renews,
            "amount": amount(row.terms.amount, row.terms.currency) if row.terms.currency else None,
            "period": row.period or None,
            "past": [{"period": each.period or None, **_sums(each, row.currency)} for each in row.past],
            "cost_centre_ref": row.terms.cost_centre_ref or None,
            "department_ref": row.terms.department_ref or None,
            "starts_on": row.terms.starts_on,
            "ends_on": row.terms.ends_on,
        }
        for row in queries.budgets_of(request.auth, buyer_ref)
    ]
    return answer({"items": rows})


def _sums(row: BudgetMoney | PeriodMoney, currency: str) -> dict[str, str | None]:
    return {name: amount(getattr(row, name), currency) for name in ("left", "held", "spent")}
