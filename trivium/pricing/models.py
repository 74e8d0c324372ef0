"""Tables of pricing: prices, discounts, freight, and what the parties have signed."""

from typing import Any, ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Coalesce, Upper

from trivium.core.actor import Actor
from trivium.core.fields import (
    AmountField,
    CurrencyField,
    QuantityField,
    RefField,
    TranslatedField,
    UnitPriceField,
)
from trivium.core.models import Model, QuerySet, Sealed
from trivium.pricing.rules import KINDS

ORGANIZATION = "parties.Organization"


def _window(prefix: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")), name=f"{prefix}_has_length"
    )


def _one_discount(prefix: str) -> models.CheckConstraint:
    percent = Q(percent__gt=0, percent__lte=100, amount_off=None)
    return models.CheckConstraint(condition=percent | Q(percent=None, amount_off__gt=0), name=f"{prefix}_one_discount")


class OwnedQuerySet(QuerySet):
    """Rows of a supplier, or of a partner where the row has one."""

    def visible_to(self, actor: Actor) -> Self:
        """The operator sees all; a supplier what it sells at; a partner its own under markup."""
        if actor.is_system or actor.is_role("operator"):
            return self
        if actor.is_role("supplier"):
            return self.filter(supplier_id=actor.organization_id, partner=None)
        if actor.is_role("partner"):
            return self.filter(partner_id=actor.organization_id)
        return self.none()


class PriceList(Model):
    """Prices of one seller in one currency for a time. With a partner it is the partner's own, under markup.

    An empty `buyer_level` is for every buyer.
    """

    keeps_history = True

    ref = RefField("prl")
    supplier = models.ForeignKey(ORGANIZATION, models.PROTECT, related_name="+")
    partner = models.ForeignKey(ORGANIZATION, models.PROTECT, related_name="+", null=True)
    buyer_level = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=120)
    currency = CurrencyField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    tax_rate = models.DecimalField(max_digits=7, decimal_places=4, default=0)
    tax_included = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects: ClassVar[Any] = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            _window("pricing_pricelist"),
            models.CheckConstraint(condition=Q(tax_rate__gte=0, tax_rate__lte=100), name="pricing_pricelist_tax_rate"),
        ]


class Price(Model):
    """What one unit of a sku costs from a quantity on. The steps of a sku are several rows."""

    keeps_history = True

    price_list = models.ForeignKey(PriceList, models.CASCADE, related_name="prices", db_index=False)
    sku = models.ForeignKey("catalog.Sku", models.PROTECT, related_name="+")
    from_quantity = QuantityField()
    unit_price = UnitPriceField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["price_list", "sku", "from_quantity"], name="pricing_price_step_once"),
            models.CheckConstraint(condition=Q(unit_price__gt=0), name="pricing_price_positive"),
            models.CheckConstraint(condition=Q(from_quantity__gte=0), name="pricing_price_from_zero"),
        ]


class TsTzRange(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class ContractPrice(Model):
    """A price one buyer has agreed with a supplier, or under markup with its partner. It goes before every
    list.
    """

    keeps_history = True

    ref = RefField("ctp")
    supplier = models.ForeignKey(ORGANIZATION, models.PROTECT, related_name="+")
    partner = models.ForeignKey(ORGANIZATION, models.PROTECT, related_name="+", null=True)
    buyer = models.ForeignKey(ORGANIZATION, models.PROTECT, related_name="+", db_index=False)
    sku = models.ForeignKey("catalog.Sku", models.PROTECT, related_name="+")
    from_quantity = QuantityField(default=0)
    unit_price = UnitPriceField()
    currency = CurrencyField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    tax_rate = models.DecimalField(max_digits=7, decimal_places=4, default=0)
    tax_included = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects: ClassVar[Any] = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(unit_price__gt=0), name="pricing_contractprice_positive"),
            models.CheckConstraint(condition=Q(from_quantity__gte=0), name="pricing_contractprice_from_zero"),
            models.CheckConstraint(condition=Q(tax_rate__gte=0, tax_rate__lte=100), name="pricing_contractprice_tax"),
            # An agreement that was replaced before it began has no length and is in force never.
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")),
                name="pricing_contractprice_window",
            ),
            ExclusionConstraint(
                name="pricing_contractprice_one_at_a_time",
                expressions=[
                    ("buyer", RangeOperators.EQUAL),
                    ("sku", RangeOperators.EQUAL),
                    ("currency", RangeOperators.EQUAL),
                    ("from_quantity", RangeOperators.EQUAL),
                    (Coalesce("partner_id", 0), RangeOperators.EQUAL),
                    (TsTzRange("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [models.Index(fields=["buyer", "sku"], name="pricing_contractprice_find")]


class GivenQuerySet(QuerySet):
    """Promotions and coupons by who gave them."""

    def visible_to(self, actor: Actor) -> Self:
        """The operator sees all; a supplier or partner what it gave itself."""
        if actor.is_system or actor.is_role("operator"):
            return self
        return self.filter(owner_id=actor.organization_id, owner_role=actor.role)


class Promotion(Model):
    """A time-limited discount on lines or on the order. Within a lane the best one wins; lanes add up in
    order.

    Scope columns that are empty mean everything. `funders` is who pays for it, by weight.
    """

    keeps_history = True

    ref = RefField("prm")
    name = TranslatedField()
    kind = models.CharField(max_length=5, choices=[("line", "line"), ("order", "order")])
    lane = models.PositiveSmallIntegerField(default=0)
    percent = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    amount_off = models.BigIntegerField(null=True)
    threshold = AmountField(default=0)
    currency = CurrencyField(blank=True)
    supplier = models.ForeignKey(ORGANIZATION, models.PROTECT, related_name="+", null=True)
    category_path = models.CharField(max_length=600, blank=True)
    sku = models.ForeignKey("catalog.Sku", models.PROTECT, related_name="+", null=True)
    partner = models.ForeignKey(ORGANIZATION, models.PROTECT, related_name="+", null=True)
    funders = models.JSONField()
    recheck_on_return = models.BooleanField(default=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    is_active = models.BooleanField(default=True)
    owner = models.ForeignKey(ORGANIZATION, models.PROTECT, related_name="+", null=True)
    owner_role = models.CharField(max_length=10)
    created_at = models.DateTimeField()

    objects: ClassVar[Any] = GivenQuerySet.as_manager()

    class Meta:
        constraints = [
            _window("pricing_promotion"),
            _one_discount("pricing_promotion"),
            models.CheckConstraint(condition=Q(kind__in=["line", "order"]), name="pricing_promotion_kind"),
            models.CheckConstraint(condition=Q(threshold__gte=0), name="pricing_promotion_threshold"),
            # Amounts need a currency: 50 off is nothing without it.
            models.CheckConstraint(
                condition=Q(amount_off=None, threshold=0) | ~Q(currency=""), name="pricing_promotion_currency"
            ),
        ]
        indexes = [models.Index(fields=["starts_at"], condition=Q(is_active=True), name="pricing_promotion_active")]


class Coupon(Model):
    """A discount for whoever gives its code, as often as `uses_left` says (None: no limit) and `per_buyer`
    allows.
    """

    keeps_history = True

    ref = RefField("cpn")
    code = models.CharField(max_length=40)
    name = TranslatedField()
    percent = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    amount_off = models.BigIntegerField(null=True)
    min_spend = AmountField(default=0)
    currency = CurrencyField(blank=True)
    funder = models.CharField(max_length=10)
    funder_organization = models.ForeignKey(ORGANIZATION, models.PROTECT, related_name="+", null=True)
    uses_left = models.IntegerField(null=True)
    per_buyer = models.PositiveIntegerField(null=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    is_active = models.BooleanField(default=True)
    owner = models.ForeignKey(ORGANIZATION, models.PROTECT, related_name="+", null=True)
    owner_role = models.CharField(max_length=10)
    created_at = models.DateTimeField()

    objects: ClassVar[Any] = GivenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Upper("code"), name="pricing_coupon_code_once"),
            _window("pricing_coupon"),
            _one_discount("pricing_coupon"),
            models.CheckConstraint(condition=Q(uses_left=None) | Q(uses_left__gte=0), name="pricing_coupon_cap"),
            models.CheckConstraint(condition=Q(per_buyer=None) | Q(per_buyer__gte=1), name="pricing_coupon_per_buyer"),
            models.CheckConstraint(
                condition=Q(amount_off=None, min_spend=0) | ~Q(currency=""), name="pricing_coupon_currency"
            ),
            models.CheckConstraint(
                condition=Q(funder="operator", funder_organization=None)
                | Q(funder__in=["partner", "supplier"], funder_organization__isnull=False),
                name="pricing_coupon_funder",
            ),
        ]


class CouponAllowance(Model):
    """How often one buyer has used one coupon, of how often it may: the cap per buyer is this row's
    constraint.

    It stands apart from `Coupon` so that an unlimited coupon is no hot row: two buyers lock two rows.
    """

    coupon = models.ForeignKey(Coupon, models.PROTECT, related_name="+", db_index=False)
    buyer = models.ForeignKey(ORGANIZATION, models.PROTECT, related_name="+", db_index=False)
    used = models.IntegerField()
    allowed = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["coupon", "buyer"], name="pricing_allowance_once"),
            models.CheckConstraint(condition=Q(used__gte=0, used__lte=F("allowed")), name="pricing_allowance_cap"),
        ]


class CouponUse(Model):
    """One use of a coupon by an order: held when placed, redeemed when completed, returned (or lapsed) when
    undone.
    """

    coupon = models.ForeignKey(Coupon, models.PROTECT, related_name="+", db_index=False)
    buyer = models.ForeignKey(ORGANIZATION, models.PROTECT, related_name="+", db_index=False)
    subject = models.CharField(max_length=60)
    status = models.CharField(max_length=10)
    at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "coupon"], name="pricing_coupon_once_per_order"),
            models.CheckConstraint(
                condition=Q(status__in=["held", "redeemed", "returned", "lapsed"]),
                name="pricing_couponuse_status",
            ),
        ]
        indexes = [models.Index(fields=["coupon"], name="pricing_couponuse_of_coupon")]


class ContractQuerySet(QuerySet):
    """Contract versions by who looks."""

    def visible_to(self, actor: Actor) -> Self:
        """Each side sees its own: the operator all, a supplier or partner the versions made with it."""
        if actor.is_system or actor.is_role("operator"):
            return self
        if actor.is_role("supplier", "partner"):
            return self.filter(party_id=actor.organization_id, kind=f"operator_{actor.role}")
        return self.none()


class ContractVersion(Sealed):
    """One version of a share contract, as proposed. It is never changed; a newer version follows it.

    The highest version both sides have signed and that has begun is the one in force. `terms` is canonical
    JSON and `terms_hash` what is signed; `mode` repeats how a partner earns, for the price lists.
    """

    ref = RefField("ctr")
    kind = models.CharField(max_length=20)
    party = models.ForeignKey(ORGANIZATION, models.PROTECT, related_name="+", db_index=False)
    version = models.PositiveIntegerField()
    terms = models.TextField()
    terms_hash = models.CharField(max_length=64)
    mode = models.CharField(max_length=12, blank=True)
    starts_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=120)
    proposed_at = models.DateTimeField()

    objects: ClassVar[Any] = ContractQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "kind", "version"], name="pricing_contract_version_once"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="pricing_contract_kind"),
            models.CheckConstraint(condition=Q(version__gte=1), name="pricing_contract_from_one"),
        ]


class ContractSignature(Sealed):
    """One side's signature under one version, by one person; nobody signs for both."""

    contract = models.ForeignKey(ContractVersion, models.PROTECT, related_name="signatures", db_index=False)
    side = models.CharField(max_length=8)
    user = models.ForeignKey("parties.User", models.PROTECT, related_name="+")
    terms_hash = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "side"], name="pricing_signature_side_once"),
            models.UniqueConstraint(fields=["contract", "user"], name="pricing_signature_person_once"),
            models.CheckConstraint(condition=Q(side__in=["operator", "party"]), name="pricing_signature_side"),
        ]


class FreightRate(Model):
    """What a supplier charges for a way of delivery to a place. Empty country or region means any."""

    keeps_history = True

    supplier = models.ForeignKey(ORGANIZATION, models.PROTECT, related_name="+", db_index=False)
    delivery_method = models.CharField(max_length=20)
    country = models.CharField(max_length=2, blank=True)
    region_prefix = models.CharField(max_length=20, blank=True)
    currency = CurrencyField()
    base = AmountField()
    per_kg = AmountField(default=0)
    free_from = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["supplier", "delivery_method", "currency", "country", "region_prefix"],
                name="pricing_freight_once",
            ),
            models.CheckConstraint(condition=Q(base__gte=0, per_kg__gte=0), name="pricing_freight_positive"),
            models.CheckConstraint(condition=Q(free_from=None) | Q(free_from__gte=0), name="pricing_freight_free_from"),
        ]


class PartnerStanding(Model):
    """How much has been completed through a partner, in one currency: the volume its bands go by."""

    partner = models.ForeignKey(ORGANIZATION, models.PROTECT, related_name="+", db_index=False)
    currency = CurrencyField()
    volume = AmountField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partner", "currency"], name="pricing_standing_once")]
