"""A supplier's product: its words, its pictures, and the skus it is sold as."""

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.translation import get_language, gettext

from trivium.catalog import commands as catalog
from trivium.catalog import queries as goods
from trivium.catalog.queries import PictureRow, ProductPage, SkuRow
from trivium.catalog.rules import PICTURES_LIMIT, NewSku
from trivium.shelf import queries as shelf
from trivium.web.shared import forms
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.forms import Field, Form, Second, written
from trivium.web.shared.words import readers_first
from trivium.web.shared.workspace import WorkspaceRequest
from trivium.web.supplier import skus
from trivium.web.supplier.products import category_choices, terms_fields, whole_grams

ACCEPTED = "image/jpeg,image/png,image/webp"
OURS = ("zh-hans", "en")


@page
def product(request: WorkspaceRequest, ref: str) -> Shown:
    """One product: what it is called, how it looks, and each sku with its stock and prices."""
    actor, language = request.actor, get_language() or "en"
    kept = goods.get_product(actor, ref)
    found = shelf.offer(actor, ref, language=language)
    pictures = goods.pictures(actor, ref)
    context = {
        "product": found,
        "is_listed": kept.product.is_listed,
        "face": found.skus[0].offer.face,
        "forms": [_words_form(kept, language), _new_sku_form(ref), _listed_form(kept)],
        "pictures": [(row, _picture_form(ref, row, place)) for place, row in enumerate(pictures)],
        "picture_form": _pictures_form(ref, pictures),
        "skus": skus.shown(actor, found, {sku.ref: revise_form(sku) for sku in kept.skus}),
    }
    return Shown("supplier/product.html", context)


# -- words and place -------------------------------------------------------------------------------------------------


def _words_form(kept: ProductPage, language: str) -> Form:
    row = kept.product
    descriptions = {
        "zh-hans": Field("description", gettext("Description in Chinese"), "textarea",
                         kept.description.get("zh-hans", ""), required=False, limit=5000,
                         help=gettext("What a buyer asks before ordering: material, use, keeping.")),
        "en": Field("description_en", gettext("Description in English"), "textarea", kept.description.get("en", ""),
                    required=False, limit=5000,
                    help=gettext("For those who read English; else the Chinese one is shown.")),
    }  # fmt: skip
    fields = (
        *_name_fields(row.name),
        Field("category_ref", gettext("Category"), "select", row.category_ref, choices=category_choices(language),
              help=gettext("Where buyers find it on the shelf.")),
        *(descriptions[each] for each in readers_first(descriptions)),
    )  # fmt: skip
    note = gettext("Every page shows it at once; what was ordered keeps the words it was ordered by.")
    return Form("revise-product", reverse("supplier:revise_product", args=[row.ref]), gettext("Save"), fields,
                summary=gettext("Change name, category or description"), note=note)  # fmt: skip


def _name_fields(name: Mapping[str, str], *, required: bool = True) -> tuple[Field, ...]:
    names = {
        "zh-hans": Field("name", gettext("Name in Chinese"), value=name.get("zh-hans", ""), limit=200, required=False,
                         help=gettext("What buyers read; the other language is shown where this one is missing.")),
        "en": Field("name_en", gettext("Name in English"), value=name.get("en", ""), limit=200, required=False,
                    help=gettext("One of the two is enough.") if required else
                    gettext("Without a name of its own it is called like the product.")),
    }  # fmt: skip
    return tuple(names[language] for language in readers_first(names))


def _words(request: WorkspaceRequest, name: str, before: Mapping[str, str] | None = None) -> dict[str, str]:
    """What was written in both languages; what stands in a third one stays."""
    said = {"zh-hans": request.POST.get(name, ""), "en": request.POST.get(f"{name}_en", "")}
    return {**{key: text for key, text in (before or {}).items() if key not in OURS}, **said}


@act
def revise_product(request: WorkspaceRequest, ref: str) -> None:
    """Change what a product is called, how it is described, and where it stands."""
    kept = goods.get_product(request.actor, ref)
    catalog.revise_product(
        request.actor, ref, name=_words(request, "name", kept.product.name),
        description=_words(request, "description", kept.description),
        category_ref=request.POST.get("category_ref", ""),
    )  # fmt: skip


def _listed_form(kept: ProductPage) -> Form:
    row = kept.product
    fields = (Field("on_sale", kind="hidden", value="0" if row.is_listed else "1"),)
    said = gettext("Take the product off sale") if row.is_listed else gettext("Put the product on sale")
    url = reverse("supplier:set_product_listed", args=[row.ref])
    return Form("product-listed", url, said, fields, tone="quiet", is_inline=True)


@act
def set_product_listed(request: WorkspaceRequest, ref: str) -> None:
    """Show a product with all its skus that are on sale, or none of them."""
    change = catalog.list_product if request.POST.get("on_sale") == "1" else catalog.delist_product
    change(request.actor, ref)


# -- skus ------------------------------------------------------------------------------------------------------------


def _new_sku_form(ref: str) -> Form:
    fields = (
        Field("code", gettext("Your code"), limit=64, is_narrow=True,
              help=gettext("Yours alone; it stands on orders and papers.")),
        *_name_fields({}, required=False),
        *terms_fields(),
    )  # fmt: skip
    note = gettext("One more size or pack of this product. It can be ordered as soon as it has a price and stock.")
    return Form("add-sku", reverse("supplier:add_sku", args=[ref]), gettext("Add"), fields,
                summary=gettext("Add a size or pack"), note=note)  # fmt: skip


@act
def add_sku(request: WorkspaceRequest, ref: str) -> None:
    """Sell a product in one more size or pack."""
    values = request.POST
    sku = NewSku(
        code=values.get("code", ""), name=_words(request, "name"), unit=values.get("unit", ""),
        moq=forms.quantity(values, "moq"), quantity_step=forms.quantity(values, "quantity_step"),
        weight_g=whole_grams(values),
    )  # fmt: skip
    catalog.add_sku(request.actor, ref, sku)


def revise_form(sku: SkuRow) -> Form:
    """What of a sku can be changed: not its code and unit, since stock and prices hang on them."""
    fields = (
        Field("sku_ref", kind="hidden", value=sku.ref),
        *_name_fields(sku.name, required=False),
        Field("moq", gettext("Smallest quantity"), "number", written(sku.moq), is_narrow=True,
              help=gettext("Nobody can order less.")),
        Field("quantity_step", gettext("In steps of"), "number", written(sku.quantity_step), is_narrow=True,
              help=gettext("Buyers order multiples of this.")),
        Field("weight_g", gettext("Weight in grams"), "number", str(sku.weight_g), is_narrow=True,
              help=gettext("Freight by weight is reckoned from it.")),
    )
    return Form(f"revise-{sku.ref}", reverse("supplier:revise_sku"), gettext("Save"), fields,
                summary=gettext("Change name, quantities or weight"))  # fmt: skip


@act
def revise_sku(request: WorkspaceRequest) -> None:
    """Change a sku's name, smallest quantity, step or weight."""
    values = request.POST
    catalog.revise_sku(
        request.actor, values.get("sku_ref", ""), name=_words(request, "name"), moq=forms.quantity(values, "moq"),
        quantity_step=forms.quantity(values, "quantity_step"), weight_g=whole_grams(values),
    )  # fmt: skip


# -- pictures --------------------------------------------------------------------------------------------------------


def _pictures_form(ref: str, there: Sequence[PictureRow]) -> Form | None:
    if len(there) >= PICTURES_LIMIT:
        return None
    help_ = gettext("JPEG, PNG or WebP; at most %(limit)s in all. The first one is shown on the shelf.")
    fields = (
        Field("pictures", gettext("Pictures"), "file", help=help_ % {"limit": PICTURES_LIMIT},
              data=(("accept", ACCEPTED), ("multiple", ""))),
    )  # fmt: skip
    return Form("add-pictures", reverse("supplier:add_pictures", args=[ref]), gettext("Upload"), fields)


def _picture_form(ref: str, row: PictureRow, place: int) -> Form:
    url = reverse("supplier:change_picture", args=[ref])
    remove = Second(gettext("Remove"), "remove")
    fields: tuple[Field, ...] = (Field("picture_ref", kind="hidden", value=row.ref),)
    if place == 0:
        fields += (Field("remove", kind="hidden", value="1"),)
        return Form(f"picture-{row.ref}", url, gettext("Remove"), fields, tone="quiet", is_inline=True)
    return Form(f"picture-{row.ref}", url, gettext("To the front"), fields, tone="quiet", is_inline=True, second=remove)


@act
def add_pictures(request: WorkspaceRequest, ref: str) -> None:
    """Put pictures on a product."""
    files = request.FILES.getlist("pictures")
    catalog.add_pictures(request.actor, ref, [file.chunks() for file in files] or [()])


@act
def change_picture(request: WorkspaceRequest, ref: str) -> None:
    """Make a picture the first one, or take it off."""
    own = request.POST.get("picture_ref", "")
    if request.POST.get("remove"):
        catalog.remove_picture(request.actor, ref, own)
        return
    there = [row.ref for row in goods.pictures(request.actor, ref)]
    catalog.arrange_pictures(request.actor, ref, [own, *(each for each in there if each != own)])
