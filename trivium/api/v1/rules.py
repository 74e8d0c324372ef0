"""A company's rules about its own orders: from which amount, in what, whose word is asked."""

from django.http import HttpResponse
from ninja import Router
from pydantic import Field

from trivium.api.answers import amount, answer, reads, writes
from trivium.api.auth import Asked
from trivium.api.idempotency import once
from trivium.api.v1.shapes import Amount, Given, Items, Made, Money, Ref, Shown, Whole
from trivium.catalog import queries as catalog
from trivium.core.money import to_minor
from trivium.parties import commands, queries
from trivium.parties.commands import NewOrderRule
from trivium.parties.rules import IfNobody

router = Router()


class NamedApprover(Given):
    """Whose word is asked for, and who may give it in their stead."""

    person_ref: Ref
    deputy_ref: Ref | None = None


class NewRuleOfOrders(Given):
    """A rule: from an amount on, of the whole order or of a category in it; of orders on a budget or cost centre, or of
    people in a department or one below it.

    `approvers` are asked one after the other; without any, `needed` of those who decide. `if_nobody` says what happens
    when nobody but the person who orders could decide: the order waits, is refused, or passes.
    """

    name: str = Field(max_length=60)
    threshold: Amount = "0"
    category_ref: Ref | None = None
    budget_code: str = Field("", max_length=40)
    cost_centre_ref: Ref | None = None
    department_ref: Ref | None = None
    approvers: list[NamedApprover] = Field([], max_length=5)
    needed: Whole = Field(1, ge=1, le=20)
    if_nobody: IfNobody = IfNobody.REFUSE
    position: Whole = Field(0, ge=0, le=50)


class NamedApproverView(Shown):
    """Whose word is asked for, and whose in their stead."""

    person_ref: str
    deputy_ref: str | None


class RuleOfOrdersView(Shown):
    """A rule of this company. The one without a name is about every order's total."""

    ref: str
    name: str
    threshold: Money
    currency: str
    category_path: str
    budget_code: str
    cost_centre_ref: str | None
    department_ref: str | None
    approvers: list[NamedApproverView]
    needed: int
    if_nobody: str
    position: int


@router.get("/order-rules", **reads(Items[RuleOfOrdersView]))
def order_rules(request: Asked) -> HttpResponse:
    """The rules about the own company's orders, in their order."""
    names = ("ref", "name", "currency", "budget_code", "needed", "if_nobody", "position")
    rows = [
        {
            **{name: getattr(row, name) for name in names},
            "threshold": amount(row.threshold, row.currency),
            "category_path": row.scope,
            "cost_centre_ref": row.cost_centre_ref or None,
            "department_ref": row.department_ref or None,
            "approvers": [{"person_ref": each[0], "deputy_ref": each[2] or None} for each in row.approvers],
        }
        for row in queries.order_rules(request.auth)
    ]
    return answer({"items": rows})


@router.post("/order-rules", **writes(Made, 201))
@once
def add_rule(request: Asked, given: NewRuleOfOrders) -> HttpResponse:
    """Set a rule; it acts on orders placed from now on."""
    return answer({"ref": _keep(request, given)}, 201)


@router.put("/order-rules/{ref}", **writes(Made))
@once
def change_rule(request: Asked, ref: str, given: NewRuleOfOrders) -> HttpResponse:
    """Set a rule anew."""
    return answer({"ref": _keep(request, given, ref)})


def _keep(request: Asked, given: NewRuleOfOrders, ref: str = "") -> str:
    currency = queries.get_organization(request.auth, request.auth.organization_ref).currency
    scope = catalog.categories_by_ref([given.category_ref])[given.category_ref].path if given.category_ref else ""
    rule = NewOrderRule(
        name=given.name,
        threshold=to_minor(given.threshold, currency, field="threshold"),
        scope=scope,
        budget_code=given.budget_code.replace("/", "-"),
        cost_centre_ref=given.cost_centre_ref or "",
        department_ref=given.department_ref or "",
        approvers=tuple((each.person_ref, each.deputy_ref or "") for each in given.approvers),
        needed=given.needed,
        if_nobody=given.if_nobody,
        position=given.position,
    )
    return commands.keep_order_rule(request.auth, rule, ref)


@router.post("/order-rules/{ref}/end", **writes(Made))
@once
def end_rule(request: Asked, ref: str) -> HttpResponse:
    """Let a rule ask for nothing any more."""
    commands.end_order_rule(request.auth, ref)
    return answer({"ref": ref})
