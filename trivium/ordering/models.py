"""Tables of ordering."""

import json
from decimal import Decimal
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q

from trivium.core.actor import Actor
from trivium.core.fields import (
    AmountField,
    CurrencyField,
    EncryptedTextField,
    QuantityField,
    RefField,
    TranslatedField,
    UnitPriceField,
)
from trivium.core.ids import business_number
from trivium.core.models import Model, QuerySet
from trivium.ordering.rules import NOBODY, RECEIVER, ApprovalState, PaymentMethod, Status
from trivium.pricing.rules import LineSplit

ORGANIZATION = "parties.Organization"


class Cart(Model):
    """What one person of one company is about to order."""

    ref = RefField("crt")
    organization = models.ForeignKey(ORGANIZATION, models.PROTECT, related_name="+")
    user = models.ForeignKey("parties.User", models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "user"], name="ordering_one_cart_each")]


class CartLine(Model):
    """One sku in a cart. `seen_price` is what a unit cost its buyer when the line was last touched."""

    cart = models.ForeignKey(Cart, models.CASCADE, related_name="lines")
    sku = models.ForeignKey("catalog.Sku", models.PROTECT, related_name="+")
    quantity = QuantityField()
    seen_price = UnitPriceField(null=True)
    seen_currency = CurrencyField(blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cart", "sku"], name="ordering_sku_once_per_cart"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="ordering_cart_quantity_positive"),
        ]


class OrderQuerySet(QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """The operator sees all; a buyer its own; a partner and a supplier those submitted to them."""
        if actor.is_system or actor.is_role("operator"):
            return self
        if actor.is_role("buyer"):
            return self.filter(buyer_id=actor.organization_id)
        if actor.is_role("partner"):
            return self.filter(partner_id=actor.organization_id, submitted_at__isnull=False)
        return self.filter(
            pk__in=SupplierOrder.objects.filter(
                supplier_id=actor.organization_id, submitted_at__isnull=False
            ).values("order_id")
        )


# What visible_to says, as conditions on a row `t` for `read`; `own` is the reader's organization.
ORDER_SEEN_BY = {
    "operator": "true",
    "buyer": "t.buyer_id = %(own)s",
    "partner": "t.partner_id = %(own)s AND t.submitted_at IS NOT NULL",
    "supplier": "EXISTS (SELECT FROM ordering_supplierorder p WHERE p.order_id = t.id AND p.supplier_id = %(own)s"
    " AND p.submitted_at IS NOT NULL)",
}
PART_SEEN_BY = {
    "operator": "true",
    "buyer": "t.buyer_id = %(own)s",
    "partner": "t.partner_id = %(own)s AND t.submitted_at IS NOT NULL",
    "supplier": "t.supplier_id = %(own)s AND t.submitted_at IS NOT NULL",
}


class Order(Model):
    """What a buyer placed, under the partner it had then. Everything that happens, happens to its supplier orders.

    Of where it goes, `ship_to` holds what freight is reckoned by (country, region, city); who takes it, by which phone
    and at which door stands encrypted in `receiver`, as JSON; it is empty once the law's time is over.

    The cost centre is one of the buyer's own (`ordering_order_cost_centre_own`, a key of two columns), with the code it
    had then.
    """

    ref = RefField("ord")
    buyer = models.ForeignKey(ORGANIZATION, models.PROTECT, related_name="+")
    partner = models.ForeignKey(ORGANIZATION, models.PROTECT, related_name="+")
    placed_by = models.ForeignKey("parties.User", models.PROTECT, related_name="+", null=True)
    currency = CurrencyField()
    mode = models.CharField(max_length=12)
    payment_method = models.CharField(max_length=14)
    delivery_method = models.CharField(max_length=20)
    ship_to = models.JSONField()
    receiver: Any = EncryptedTextField(db_default=b"")
    po_number = models.CharField(max_length=60, blank=True)
    budget_code = models.CharField(max_length=40, blank=True)
    budget_period = models.CharField(max_length=10, blank=True, default="", db_default="")
    cost_centre = models.ForeignKey("parties.CostCentre", models.PROTECT, related_name="+", null=True, db_index=False)
    cost_centre_code = models.CharField(max_length=20, blank=True, default="", db_default="")
    accepts_substitutes = models.BooleanField(default=False)
    approval = models.CharField(max_length=10, default=ApprovalState.NOT_NEEDED)
    placed_at = models.DateTimeField()
    approve_by = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    pay_by = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    goods = AmountField()
    freight = AmountField()
    service_fee = AmountField()
    total = AmountField()

    objects: ClassVar[Any] = OrderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(total=F("goods") + F("freight") + F("service_fee")) & Q(goods__gte=0, freight__gte=0),
                name="ordering_order_total_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(payment_method__in=list(PaymentMethod)), name="ordering_payment_method_known"
            ),
            models.CheckConstraint(
                condition=Q(submitted_at=None) | Q(approval__in=["not_needed", "approved"]),
                name="ordering_submitted_only_if_approved",
            ),
            models.CheckConstraint(
                condition=~Q(ship_to__has_any_keys=list(RECEIVER)), name="ordering_receiver_not_in_clear"
            ),
            models.CheckConstraint(
                condition=Q(budget_period="") | ~Q(budget_code=""), name="ordering_period_of_a_budget"
            ),
            models.CheckConstraint(
                condition=Q(cost_centre=None, cost_centre_code="")
                | Q(cost_centre__isnull=False) & ~Q(cost_centre_code=""),
                name="ordering_cost_centre_has_code",
            ),
        ]
        indexes = [
            models.Index(fields=["buyer", "-id"], name="ordering_orders_of_buyer"),
            models.Index(fields=["partner", "-id"], name="ordering_orders_of_partner"),
            models.Index(
                fields=["approve_by"], condition=Q(approval="waiting", closed_at=None), name="ordering_approve_by_due"
            ),
            models.Index(fields=["pay_by"], condition=Q(pay_by__isnull=False), name="ordering_pay_by_due"),
            models.Index(fields=["po_number"], condition=~Q(po_number=""), name="ordering_orders_by_po_number"),
        ]

    @property
    def number(self) -> str:
        """The number all parties read."""
        return order_number(self.pk)

    @property
    def address(self) -> dict[str, str]:
        """Where it goes, whole; NOBODY took it once that has been forgotten."""
        return {**(json.loads(self.receiver) if self.receiver else NOBODY), **self.ship_to}


def order_number(order_id: int) -> str:
    """The number of an order by its key."""
    return business_number("O", order_id)


class SupplierOrderQuerySet(QuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """The operator sees all; each party its own, supplier and partner once it is submitted."""
        if actor.is_system or actor.is_role("operator"):
            return self
        if actor.is_role("buyer"):
            return self.filter(buyer_id=actor.organization_id)
        mine = {"supplier": "supplier_id", "partner": "partner_id"}.get(actor.role, "buyer_id")
        return self.filter(**{mine: actor.organization_id}, submitted_at__isnull=False)


class SupplierOrder(Model):
    """One supplier's part of an order: what is confirmed, released, shipped, signed, completed and settled."""

    ref = RefField("sup")
    order = models.ForeignKey(Order, models.PROTECT, related_name="supplier_orders")
    supplier = models.ForeignKey(ORGANIZATION, models.PROTECT, related_name="+")
    buyer = models.ForeignKey(ORGANIZATION, models.PROTECT, related_name="+")
    partner = models.ForeignKey(ORGANIZATION, models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, default=Status.SUBMITTED)
    currency = CurrencyField()
    goods = AmountField()
    freight = AmountField()
    service_fee = AmountField()
    due = AmountField(null=True)
    payable = models.CharField(max_length=14)
    submitted_at = models.DateTimeField(null=True)
    confirm_by = models.DateTimeField(null=True)
    supply_confirmed_at = models.DateTimeField(null=True)
    supply_confirmed_by = models.CharField(max_length=120, blank=True)
    ship_date = models.DateField(null=True)
    margin_confirmed_at = models.DateTimeField(null=True)
    margin_confirmed_by = models.CharField(max_length=120, blank=True)
    objected_at = models.DateTimeField(null=True)
    objected_by = models.CharField(max_length=120, blank=True)
    objection = models.CharField(max_length=500, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    funded_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    shipped_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    completes_at = models.DateTimeField(null=True)
    holds = models.PositiveSmallIntegerField(default=0)
    completed_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.CharField(max_length=120, blank=True)
    cancel_reason = models.CharField(max_length=500, blank=True)

    objects: ClassVar[Any] = SupplierOrderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "supplier"], name="ordering_one_part_per_supplier"),
            models.CheckConstraint(condition=Q(status__in=list(Status)), name="ordering_status_known"),
            models.CheckConstraint(
                condition=Q(status__in=["submitted", "cancelled"])
                | Q(supply_confirmed_at__isnull=False, margin_confirmed_at__isnull=False, confirmed_at__isnull=False),
                name="ordering_confirmed_by_both",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["released", "signed", "completed"])
                | Q(funded_at__isnull=False, released_at__isnull=False, due__isnull=False),
                name="ordering_released_only_if_funded",
            ),
            models.CheckConstraint(
                condition=Q(shipped_at=None) | Q(released_at__isnull=False), name="ordering_shipped_only_if_released"
            ),
            models.CheckConstraint(
                condition=~Q(status="completed") | Q(completed_at__isnull=False, holds=0),
                name="ordering_completed_free",
            ),
            models.CheckConstraint(
                condition=~Q(status="cancelled") | Q(cancelled_at__isnull=False, shipped_at=None),
                name="ordering_cancelled_before_shipping",
            ),
        ]
        indexes = [
            models.Index(fields=["supplier", "status", "-id"], name="ordering_parts_of_supplier"),
            models.Index(fields=["partner", "status", "-id"], name="ordering_parts_of_partner"),
            models.Index(fields=["buyer", "status", "-id"], name="ordering_parts_of_buyer"),
            models.Index(fields=["buyer", "status", "order"], name="ordering_orders_to_pay"),
            models.Index(fields=["status", "-id"], name="ordering_parts_by_status"),
            models.Index(fields=["confirm_by"], condition=Q(status="submitted"), name="ordering_confirm_by_due"),
            models.Index(fields=["completes_at"], condition=Q(status="signed"), name="ordering_completes_at_due"),
        ]


class OrderLine(Model):
    """One sku of a supplier order: the snapshot bought, the price and who gets what of it, and how far it is.

    `shortfall` was never confirmed; `unshipped_back` (shortfall included) will never leave; `back_quantity` (both
    included) and `back_amount` are what the buyer has got back, `chosen_back` of it by its own choice. Figures are
    those of the whole line as ordered and never change; `facts` is what, with the two contract versions, decided
    them. What stands now is figure − half-up(figure × part given back).
    """

    ref = RefField("oln")
    supplier_order = models.ForeignKey(SupplierOrder, models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    sku = models.ForeignKey("catalog.Sku", models.PROTECT, related_name="+")
    substitute = models.ForeignKey("catalog.Sku", models.PROTECT, related_name="+", null=True)
    code = models.CharField(max_length=80)
    name = TranslatedField()
    unit = models.CharField(max_length=20)
    quantity = QuantityField()
    shortfall = QuantityField(default=Decimal(0))
    unshipped_back = QuantityField(default=Decimal(0))
    shipped = QuantityField(default=Decimal(0))
    signed = QuantityField(default=Decimal(0))
    back_quantity = QuantityField(default=Decimal(0))
    back_amount = AmountField(default=0)
    chosen_back = QuantityField(default=Decimal(0))
    unit_price = UnitPriceField()
    gross = AmountField()
    paid = AmountField()
    tax = AmountField()
    service_fee = AmountField()
    operator_part = AmountField()
    partner_part = AmountField()
    supplier_part = AmountField()
    base = AmountField()
    fee = AmountField()
    commission = AmountField()
    supplier_net = AmountField()
    supply = AmountField()
    supplier_contract = models.ForeignKey("pricing.ContractVersion", models.PROTECT, related_name="+")
    partner_contract = models.ForeignKey("pricing.ContractVersion", models.PROTECT, related_name="+", null=True)
    facts = models.JSONField()

    class Meta:
        ordering = ["supplier_order_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["supplier_order", "position"], name="ordering_line_position_once"),
            models.CheckConstraint(
                condition=Q(
                    paid=F("supplier_net") + F("commission") + F("fee") - F("operator_part") - F("partner_part")
                ),
                name="ordering_line_parts_sum",
            ),
            models.CheckConstraint(
                condition=Q(
                    quantity__gt=0, paid__gte=0, service_fee__gte=0, back_amount__gte=0, back_amount__lte=F("paid")
                ),
                name="ordering_line_figures_sane",
            ),
            models.CheckConstraint(
                condition=Q(
                    shortfall__gte=0,
                    unshipped_back__gte=F("shortfall"),
                    back_quantity__gte=F("unshipped_back"),
                    back_quantity__lte=F("quantity"),
                    shipped__lte=F("quantity") - F("unshipped_back"),
                    signed__lte=F("shipped"),
                )
                & Q(back_quantity__lte=F("unshipped_back") + F("shipped"))
                & Q(chosen_back__gte=0, chosen_back__lte=F("back_quantity") - F("unshipped_back")),
                name="ordering_line_quantities_sane",
            ),
        ]

    @property
    def split(self) -> LineSplit:
        """The line's figures as ordered."""
        return LineSplit(
            gross=self.gross,
            paid=self.paid,
            tax=self.tax,
            service_fee=self.service_fee,
            operator_part=self.operator_part,
            partner_part=self.partner_part,
            supplier_part=self.supplier_part,
            base=self.base,
            fee=self.fee,
            commission=self.commission,
            supplier=self.supplier_net,
            supply=self.supply,
        )

    @property
    def to_ship(self) -> Decimal:
        """What is still to leave the supplier."""
        left: Any = self.quantity - self.unshipped_back - self.shipped
        return Decimal(left)


class PriceStage(Model):
    """One step from the base price to what the buyer pays, with its source and who funds it."""

    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="stages")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12)
    source = models.CharField(max_length=60)
    label = models.CharField(max_length=200)
    amount = AmountField()
    operator = AmountField(default=0)
    partner = AmountField(default=0)
    supplier = AmountField(default=0)
    recheck_below = AmountField(null=True)

    class Meta:
        ordering = ["line_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["line", "position"], name="ordering_stage_position_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["base", "tax"], operator=0, partner=0, supplier=0)
                | Q(amount=-F("operator") - F("partner") - F("supplier")),
                name="ordering_stage_is_funded",
            ),
        ]
