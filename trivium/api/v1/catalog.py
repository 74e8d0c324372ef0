"""What can be sold: categories, products and skus, as those who edit them write them."""

from typing import Any

from django.http import HttpResponse
from ninja import Router
from pydantic import Field

from trivium.api.answers import answer, reads, writes
from trivium.api.auth import Asked
from trivium.api.idempotency import once
from trivium.api.v1.shapes import Done, Given, GivenWords, Items, Made, Quantity, Ref, Short, Shown, Whole
from trivium.catalog import commands, queries
from trivium.catalog import rules as catalog
from trivium.catalog.queries import PictureRow

router = Router()


class CategoryView(Shown):
    """A category and its place in the tree."""

    ref: str
    code: str
    name: dict[str, str]
    path: str
    parent_ref: str | None


class NewCategory(Given):
    """A category, at the top or below another."""

    code: Short
    name: GivenWords
    parent_ref: Ref | None = None


class NewSku(Given):
    """A sku. `code` is the supplier's own; without a name it is called like its product."""

    code: Short
    name: GivenWords = ""
    unit: Short = "pcs"
    moq: Quantity = 1  # type: ignore[assignment]
    quantity_step: Quantity = 1  # type: ignore[assignment]
    weight_g: Whole = 0


class NewProduct(Given):
    """A product with its skus."""

    name: GivenWords
    description: GivenWords = ""
    category_ref: Ref
    skus: list[NewSku] = Field(max_length=200)
    supplier_ref: Ref | None = Field(None, description="The operator says for which supplier it acts.")


class ProductChange(Given):
    """What is to be different about a product."""

    name: GivenWords | None = None
    description: GivenWords | None = None
    category_ref: Ref | None = None


class SkuChange(Given):
    """What is to be different about a sku. Its code and unit stay."""

    name: GivenWords | None = None
    moq: Quantity | None = None
    quantity_step: Quantity | None = None
    weight_g: Whole | None = None


class PictureView(Shown):
    """A picture of a product. `urls` are its files (WebP) by their longer side in pixels; they never change."""

    ref: str
    width: int
    height: int
    urls: dict[str, str]


class PictureOrder(Given):
    """Every picture of a product once, the main one first."""

    picture_refs: list[Ref] = Field(max_length=catalog.PICTURES_LIMIT)


class ProductMade(Made):
    """A product that came to be, with its skus' references by the supplier's codes."""

    sku_refs: dict[str, str]


@router.get("/categories", **reads(Items[CategoryView]))
def categories(request: Asked) -> HttpResponse:
    """The tree of goods, parents before their children."""
    rows = [
        {"ref": row.ref, "code": row.code, "name": row.name, "path": row.path, "parent_ref": row.parent_ref}
        for row in queries.categories()
    ]
    return answer({"items": rows})


@router.post("/categories", **writes(Made, 201))
@once
def create_category(request: Asked, given: NewCategory) -> HttpResponse:
    """Add a category."""
    ref = commands.create_category(
        request.auth, code=given.code, name=given.name, parent_ref=given.parent_ref
    )
    return answer({"ref": ref}, 201)


@router.post("/products", **writes(ProductMade, 201))
@once
def create_product(request: Asked, given: NewProduct) -> HttpResponse:
    """Bring a product with its skus, all on sale."""
    made = commands.create_product(
        request.auth,
        name=given.name,
        category_ref=given.category_ref,
        skus=[_sku(sku) for sku in given.skus],
        description=given.description,
        supplier_ref=given.supplier_ref,
    )
    return answer({"ref": made.ref, "sku_refs": made.sku_refs}, 201)


def _sku(sku: NewSku) -> catalog.NewSku:
    return catalog.NewSku(
        code=sku.code,
        name=sku.name,
        unit=sku.unit,
        moq=sku.moq,
        quantity_step=sku.quantity_step,
        weight_g=sku.weight_g,
    )


@router.patch("/products/{ref}", **writes(Made))
@once
def revise_product(request: Asked, ref: str, given: ProductChange) -> HttpResponse:
    """Change how a product is described or where it stands."""
    commands.revise_product(
        request.auth, ref, name=given.name, description=given.description, category_ref=given.category_ref
    )
    return answer({"ref": ref})


@router.post("/products/{ref}/skus", **writes(Made, 201))
@once
def add_sku(request: Asked, ref: str, given: NewSku) -> HttpResponse:
    """Sell a product in one more way."""
    return answer({"ref": commands.add_sku(request.auth, ref, _sku(given))}, 201)


@router.post("/products/{ref}/list", **writes(Made))
@once
def list_product(request: Asked, ref: str) -> HttpResponse:
    """Show a product again."""
    commands.list_product(request.auth, ref)
    return answer({"ref": ref})


@router.post("/products/{ref}/delist", **writes(Made))
@once
def delist_product(request: Asked, ref: str) -> HttpResponse:
    """Show a product no longer."""
    commands.delist_product(request.auth, ref)
    return answer({"ref": ref})


@router.patch("/skus/{ref}", **writes(Made))
@once
def revise_sku(request: Asked, ref: str, given: SkuChange) -> HttpResponse:
    """Change a sku's name, smallest quantity, step or weight."""
    commands.revise_sku(
        request.auth,
        ref,
        name=given.name,
        moq=given.moq,
        quantity_step=given.quantity_step,
        weight_g=given.weight_g,
    )
    return answer({"ref": ref})


@router.post("/skus/{ref}/list", **writes(Done))
@once
def list_sku(request: Asked, ref: str) -> HttpResponse:
    """Put a sku on sale; `changed` is 0 if it was."""
    return answer({"changed": commands.list_sku(request.auth, ref)})


@router.post("/skus/{ref}/delist", **writes(Done))
@once
def delist_sku(request: Asked, ref: str) -> HttpResponse:
    """Take a sku off sale; `changed` is 0 if it was not on sale."""
    return answer({"changed": commands.delist_sku(request.auth, ref)})


PICTURE = {
    "required": True,
    "description": "The file itself, JPEG, PNG or WebP; its content says which. Larger ones go by the portal.",
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}
_ADDING = writes(Made, 201)
_ADDING["openapi_extra"] = {**_ADDING["openapi_extra"], "requestBody": PICTURE}


def show_picture(row: PictureRow) -> dict[str, Any]:
    """A picture as programs read it."""
    urls = {str(size): f"/pictures/{row.name}-{size}.webp" for size in catalog.PICTURE_SIZES}
    return {"ref": row.ref, "width": row.width, "height": row.height, "urls": urls}


@router.get("/products/{ref}/pictures", **reads(Items[PictureView]))
def pictures(request: Asked, ref: str) -> HttpResponse:
    """A product's pictures, the main one first."""
    return answer({"items": [show_picture(row) for row in queries.pictures(request.auth, ref)]})


@router.post("/products/{ref}/pictures", **_ADDING)
@once
def add_picture(request: Asked, ref: str) -> HttpResponse:
    """Put a picture on a product, behind those it has; the body is the file. It is kept written anew, as WebP."""
    return answer({"ref": commands.add_pictures(request.auth, ref, [[request.body]])[0]}, 201)


@router.put("/products/{ref}/pictures", **writes(Made))
@once
def arrange_pictures(request: Asked, ref: str, given: PictureOrder) -> HttpResponse:
    """Show a product's pictures in this order."""
    commands.arrange_pictures(request.auth, ref, given.picture_refs)
    return answer({"ref": ref})


@router.post("/products/{ref}/pictures/{picture_ref}/remove", **writes(Made))
@once
def remove_picture(request: Asked, ref: str, picture_ref: str) -> HttpResponse:
    """Take a picture off a product."""
    commands.remove_picture(request.auth, ref, picture_ref)
    return answer({"ref": ref})
