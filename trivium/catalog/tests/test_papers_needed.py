"""A supplier whose papers have lapsed lists nothing new; what is on sale stays there, and may be changed."""

import datetime as dt

import pytest
from django.db import transaction

from trivium.catalog import commands
from trivium.catalog.models import Category, Product, Sku
from trivium.catalog.rules import NewSku
from trivium.core import sql
from trivium.core.ids import new_ref
from trivium.core.tests.handed_in import pdf
from trivium.core.time import business_day, now
from trivium.parties import commands as parties
from trivium.parties.errors import CertificateLapsed, LicenceLapsed
from trivium.parties.tests.factories import make_actor, make_organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator():
    return make_actor(make_organization("Platform", "operator"), "operator")


@pytest.fixture
def supplier(operator):
    actor = make_actor(make_organization("Chenguang", "supplier"), "supplier")
    for kind in ("business_licence", "food_licence"):
        ref = parties.hand_in_paper(actor, kind=kind, file=[pdf(text=new_ref("L"))])
        parties.approve_paper(operator, ref)
    return actor


@pytest.fixture
def tools(operator):
    return commands.create_category(operator, code="tools", name="Tools")


@pytest.fixture
def snacks(operator):
    food = commands.create_category(operator, code="food", name="Food")
    return commands.create_category(operator, code="snacks", name="Snacks", parent_ref=food)


def lapse(kind: str) -> None:
    day = business_day(now()) - dt.timedelta(days=1)
    sql.execute("UPDATE parties_paper SET expires_on = %s WHERE kind = %s", [day, kind])


def product(supplier, category: str, code: str):
    return commands.create_product(supplier, name="Thing", category_ref=category, skus=[NewSku(code=code)])


def refused(kind, act):
    def there():
        columns = ("id", "is_listed")
        return [list(table.objects.order_by("id").values_list(*columns)) for table in (Product, Sku)]

    before = there()
    with pytest.raises(kind) as caught, transaction.atomic():
        act()
    assert there() == before
    return caught.value


def test_a_lapsed_licence_stops_every_act_that_lists_and_no_other(supplier, operator, tools):
    there, off = product(supplier, tools, "A"), product(supplier, tools, "B")
    commands.delist_sku(supplier, off.sku_refs["B"])
    hidden = product(supplier, tools, "C")
    commands.delist_product(supplier, hidden.ref)
    lapse("business_licence")
    refused(LicenceLapsed, lambda: product(supplier, tools, "D"))
    refused(LicenceLapsed, lambda: commands.add_sku(supplier, there.ref, NewSku(code="E")))
    refused(LicenceLapsed, lambda: commands.list_sku(supplier, there.sku_refs["A"], off.sku_refs["B"]))
    refused(LicenceLapsed, lambda: commands.list_product(supplier, hidden.ref))
    refused(LicenceLapsed, lambda: commands.list_product(operator, hidden.ref))
    assert commands.list_sku(supplier, there.sku_refs["A"]) == 0  # on sale already: nothing new
    commands.list_product(supplier, there.ref)
    commands.revise_product(supplier, there.ref, name="Better thing")
    commands.delist_sku(supplier, there.sku_refs["A"])
    assert Sku.objects.get(code="C").is_listed


def test_a_lapsed_certificate_stops_its_category_and_what_lies_beneath(supplier, tools, snacks):
    there, tool = product(supplier, snacks, "A"), product(supplier, tools, "B")
    lapse("food_licence")
    refusal = refused(CertificateLapsed, lambda: product(supplier, snacks, "C"))
    assert (refusal.field, refusal.params["category"]) == ("category_ref", "food/snacks")
    refused(CertificateLapsed, lambda: commands.revise_product(supplier, tool.ref, category_ref=snacks))
    product(supplier, tools, "D")
    food = Category.objects.get(code="food").ref
    commands.revise_product(supplier, there.ref, category_ref=food)  # it is food as before
    commands.delist_product(supplier, tool.ref)
    commands.revise_product(supplier, tool.ref, category_ref=snacks)  # it is not on sale …
    refused(CertificateLapsed, lambda: commands.list_product(supplier, tool.ref))  # … and cannot come there
