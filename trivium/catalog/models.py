"""Categories, products and skus."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from trivium.catalog import rules
from trivium.core.actor import Actor
from trivium.core.fields import QuantityField, RefField, TranslatedField
from trivium.core.models import Model, QuerySet


class ProductQuerySet(QuerySet):
    """Products by who looks."""

    def visible_to(self, actor: Actor) -> "ProductQuerySet":
        """A supplier sees its own, the operator all, everyone else what is listed by suppliers that may trade."""
        if actor.is_system or actor.is_role("operator"):
            return self
        if actor.is_role("supplier"):
            return self.filter(supplier_id=actor.organization_id)
        return self.filter(is_listed=True, supplier__suspended_at=None)


class SkuQuerySet(QuerySet):
    """Skus by who looks."""

    def visible_to(self, actor: Actor) -> "SkuQuerySet":
        """As for products; a sku taken off sale is seen by its supplier and the operator only."""
        if actor.is_system or actor.is_role("operator"):
            return self
        if actor.is_role("supplier"):
            return self.filter(supplier_id=actor.organization_id)
        return self.filter(is_listed=True, product__is_listed=True, supplier__suspended_at=None)


class Category(Model):
    """A place in the tree of goods. `path` is the codes from the top, "tools/hand-tools": contracts name it."""

    keeps_history = True

    ref = RefField("cat")
    code = models.CharField(max_length=rules.CODE_LIMIT)
    name = TranslatedField()
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    path = models.CharField(max_length=(rules.CODE_LIMIT + 1) * rules.DEPTH_LIMIT, unique=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code"], name="catalog_category_code_once")]


class Product(Model):
    """What a supplier offers: a name, a place among the goods, and the skus it is sold as."""

    keeps_history = True

    ref = RefField("prd")
    supplier = models.ForeignKey("parties.Organization", models.PROTECT, related_name="+")
    category = models.ForeignKey(Category, models.PROTECT, related_name="+")
    name = TranslatedField()
    description = TranslatedField()
    is_listed = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects: ClassVar[Any] = ProductQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["supplier", "id"], name="catalog_product_by_supplier")]


class Sku(Model):
    """One thing that can be ordered. `supplier` is the product's, kept here so that a code is unique per supplier.

    `unit` never changes: stock and prices are counted in it.
    """

    keeps_history = True

    ref = RefField("sku")
    product = models.ForeignKey(Product, models.PROTECT, related_name="skus")
    supplier = models.ForeignKey("parties.Organization", models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(max_length=rules.CODE_LIMIT)
    name = TranslatedField()
    unit = models.CharField(max_length=rules.UNIT_LIMIT)
    moq = QuantityField()
    quantity_step = QuantityField()
    weight_g = models.PositiveIntegerField()
    is_listed = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects: ClassVar[Any] = SkuQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["supplier", "code"], name="catalog_sku_code_once"),
            models.CheckConstraint(condition=Q(quantity_step__gt=0), name="catalog_sku_step_positive"),
            models.CheckConstraint(condition=Q(moq__gte=F("quantity_step")), name="catalog_sku_moq_one_step"),
        ]


class ProductPicture(Model):
    """A picture a supplier has put on a product. `name` names its files; the first place is the main picture."""

    ref = RefField("pic")
    product = models.ForeignKey(Product, models.CASCADE, related_name="pictures")
    place = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=40, db_index=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "name"], name="catalog_picture_once"),
            models.UniqueConstraint(
                fields=["product", "place"], name="catalog_picture_place", deferrable=models.Deferrable.DEFERRED
            ),
        ]
