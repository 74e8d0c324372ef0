"""The shelf: what this buyer can order, at its own price; and a product's page with its price steps."""

from django.urls import reverse
from django.utils.translation import get_language, gettext

from trivium.catalog import queries as catalog
from trivium.core.fields import translate
from trivium.ordering import commands as ordering
from trivium.shelf import queries as shelf
from trivium.shelf.queries import OfferedSku
from trivium.web.shared import forms
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.filters import word
from trivium.web.shared.forms import Field, Form, written
from trivium.web.shared.orders import number
from trivium.web.shared.workspace import WorkspaceRequest

CARDS = 24


@page
def offers(request: WorkspaceRequest) -> Shown:
    """Goods as cards, by category and by text."""
    text = request.GET.get("q", "").strip()[:100]
    wanted = request.GET.get("category", "")
    after = number(request.GET.get("after"))
    language = get_language() or "en"
    categories = catalog.categories()
    here = next((c for c in categories if c.ref == wanted), None)
    rows = shelf.offers(
        request.actor,
        text=text or None,
        category_ref=here.ref if here else None,
        after_id=after,
        limit=CARDS + 1,
        language=language,
    )
    context = {
        "offers": rows[:CARDS],
        "more": rows[CARDS - 1].id if len(rows) > CARDS else None,
        "is_first": not after,
        "q": text,
        "here": here,
        "categories": [(c.ref, translate(c.name, language), c.path.count("/")) for c in categories],
    }
    return Shown("buyer/shelf.html", context)


@page
def product(request: WorkspaceRequest, ref: str) -> Shown:
    """One product: its words, and each sku with own price by step, stock and a box for the quantity."""
    found = shelf.offer(request.actor, ref, language=get_language() or "en")
    skus = [{"sku": sku, "form": _add_form(sku)} for sku in found.skus]
    return Shown("buyer/product.html", {"product": found, "skus": skus})


def _add_form(sku: OfferedSku) -> Form | None:
    offer = sku.offer
    if not sku.steps or (offer.available <= 0 and not offer.backorder):
        return None
    fields = (
        Field("sku_ref", kind="hidden", value=offer.sku_ref),
        Field("quantity", gettext("Quantity"), "number", written(offer.moq), suffix=word(offer.unit, "unit"),
              is_narrow=True),
    )  # fmt: skip
    url = reverse("buyer:add_to_cart")
    return Form(f"add-{offer.sku_ref}", url, gettext("Add to cart"), fields, is_inline=True)


@act
def add_to_cart(request: WorkspaceRequest) -> str:
    """Put more of a sku into the cart."""
    values = request.POST
    ordering.add_to_cart(request.actor, values.get("sku_ref", ""), forms.quantity(values, "quantity"))
    return reverse("buyer:cart")
