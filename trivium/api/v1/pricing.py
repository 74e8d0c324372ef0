"""Price lists, contract prices, discounts, freight rates and share contracts."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from ninja import Query, Router

from trivium.api.answers import amount, answer, draws, pdf, reads, unit_price, writes
from trivium.api.auth import Asked
from trivium.api.idempotency import once
from trivium.api.paging import Window, page
from trivium.api.v1.prices import (
    ContractPriceView,
    ContractSigned,
    ContractView,
    CouponView,
    ListedPriceView,
    NewContract,
    NewContractPrice,
    NewCoupon,
    NewPriceList,
    NewPromotion,
    PriceGiven,
    PriceListView,
    PricesGiven,
    PromotionView,
    RateGiven,
    RatesGiven,
    RateView,
    Signature,
    SkusGiven,
)
from trivium.api.v1.shapes import Done, Items, Made, Page
from trivium.core import documents
from trivium.core.money import to_minor
from trivium.core.quantity import plain
from trivium.pricing import commands, queries
from trivium.pricing.queries import ContractRow, PriceListRow
from trivium.pricing.rules import NewFreightRate, NewPrice

router = Router()


# -- price lists -------------------------------------------------------------------------------------------------------


@router.get("/price-lists", **reads(Page[PriceListView]))
def price_lists(request: Asked, wanted: Query[Window]) -> HttpResponse:
    """The price lists of this workspace."""
    found = queries.price_lists(request.auth, after_id=wanted.last_id or 0, limit=wanted.limit + 1)
    return answer(page(found, wanted, id_of=_row_id, show=_price_list))


def _row_id(row: Any) -> int:
    return int(row.id)


def _id(row: dict[str, Any]) -> int:
    return int(row["id"])


def _price_list(row: PriceListRow) -> dict[str, Any]:
    return {
        "ref": row.ref,
        "name": row.name,
        "supplier_ref": row.supplier_ref,
        "partner_ref": row.partner_ref,
        "buyer_level": row.buyer_level,
        "currency": row.currency,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "tax_rate": f"{row.tax_rate.normalize():f}",
        "tax_included": row.tax_included,
    }


@router.get("/price-lists/{ref}/prices", **reads(Page[ListedPriceView]))
def listed_prices(request: Asked, ref: str, wanted: Query[Window]) -> HttpResponse:
    """The prices of a list."""
    found = queries.prices_of(request.auth, ref, after_id=wanted.last_id or 0, limit=wanted.limit + 1)
    return answer(page(found, wanted, id_of=_row_id, show=_listed_price))


def _listed_price(row: queries.ListedPrice) -> dict[str, Any]:
    return {
        "sku_ref": row.sku_ref,
        "sku_code": row.sku_code,
        "from_quantity": plain(row.from_quantity),
        "unit_price": unit_price(row.unit_price, ""),
    }


@router.post("/price-lists", **writes(Made, 201))
@once
def publish_price_list(request: Asked, given: NewPriceList) -> HttpResponse:
    """Offer goods at prices, with steps, from a moment on."""
    ref = commands.publish_price_list(
        request.auth,
        name=given.name,
        currency=given.currency,
        prices=_prices(given.prices),
        starts_at=given.starts_at,
        ends_at=given.ends_at,
        buyer_level=given.buyer_level,
        tax_rate=given.tax_rate,
        tax_included=given.tax_included,
        supplier_ref=given.supplier_ref,
    )
    return answer({"ref": ref}, 201)


def _prices(given: Sequence[PriceGiven]) -> list[NewPrice]:
    return [NewPrice(each.sku_ref, each.from_quantity, each.unit_price) for each in given]


@router.post("/price-lists/{ref}/prices", **writes(Done))
@once
def set_prices(request: Asked, ref: str, given: PricesGiven) -> HttpResponse:
    """Change and add prices of a list; orders placed before keep theirs."""
    return answer({"changed": commands.set_prices(request.auth, ref, _prices(given.prices))})


@router.post("/price-lists/{ref}/remove", **writes(Done))
@once
def remove_prices(request: Asked, ref: str, given: SkusGiven) -> HttpResponse:
    """Take skus out of a list."""
    return answer({"changed": commands.remove_prices(request.auth, ref, given.sku_refs)})


@router.post("/price-lists/{ref}/end", **writes(Made))
@once
def end_price_list(request: Asked, ref: str) -> HttpResponse:
    """Let a list's prices end now."""
    commands.end_price_list(request.auth, ref)
    return answer({"ref": ref})


@router.get("/contract-prices", **reads(Page[ContractPriceView]))
def contract_prices(request: Asked, wanted: Query[Window]) -> HttpResponse:
    """What was agreed with single buyers; a buyer reads its own."""
    found = queries.contract_prices(request.auth, after_id=wanted.last_id or 0, limit=wanted.limit + 1)
    return answer(page(found, wanted, id_of=_id, show=_contract_price))


def _contract_price(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "ref": row["ref"],
        "buyer_ref": row["buyer__ref"],
        "sku_ref": row["sku__ref"],
        "from_quantity": plain(row["from_quantity"]),
        "unit_price": unit_price(row["unit_price"], row["currency"]),
        "currency": row["currency"],
        "starts_at": row["starts_at"],
        "ends_at": row["ends_at"],
    }


@router.post("/contract-prices", **writes(Made, 201))
@once
def agree_contract_price(request: Asked, given: NewContractPrice) -> HttpResponse:
    """Agree a price of a sku with one buyer; it goes before every list."""
    ref = commands.agree_contract_price(
        request.auth,
        buyer_ref=given.buyer_ref,
        sku_ref=given.sku_ref,
        unit_price=given.unit_price,
        currency=given.currency,
        from_quantity=given.from_quantity,
        starts_at=given.starts_at,
        ends_at=given.ends_at,
        tax_rate=given.tax_rate,
        tax_included=given.tax_included,
        supplier_ref=given.supplier_ref,
    )
    return answer({"ref": ref}, 201)


# -- freight -----------------------------------------------------------------------------------------------------------


@router.get("/freight-rates", **reads(Items[RateView]))
def freight_rates(request: Asked, supplier_ref: str | None = None) -> HttpResponse:
    """A supplier's freight rates; who is no supplier names one."""
    return answer({"items": [_rate_view(row) for row in queries.freight_rates(request.auth, supplier_ref)]})


def _rate_view(row: dict[str, Any]) -> dict[str, Any]:
    figures = {name: amount(row[name], row["currency"]) for name in ("base", "per_kg", "free_from")}
    return {**row, **figures}


@router.put("/freight-rates", **writes(Done))
@once
def set_freight_rates(request: Asked, given: RatesGiven) -> HttpResponse:
    """Replace all freight rates of a supplier."""
    rates = [_rate(rate, position) for position, rate in enumerate(given.rates)]
    return answer(
        {"changed": commands.set_freight_rates(request.auth, rates, supplier_ref=given.supplier_ref)}
    )


def _rate(rate: RateGiven, position: int) -> NewFreightRate:
    def minor(name: str, text: str) -> int:
        return to_minor(text, rate.currency, field=f"rates.{position}.{name}")

    return NewFreightRate(
        delivery_method=rate.delivery_method,
        currency=rate.currency,
        base=minor("base", rate.base),
        per_kg=minor("per_kg", rate.per_kg),
        free_from=None if rate.free_from is None else minor("free_from", rate.free_from),
        country=rate.country,
        region_prefix=rate.region_prefix,
    )


# -- discounts ---------------------------------------------------------------------------------------------------------


def _minor(text: str | None, currency: str, field: str) -> int | None:
    return None if text is None else to_minor(text, currency, field=field)


def _discount(row: dict[str, Any], least: str) -> dict[str, Any]:
    shown = {name: value for name, value in row.items() if name != "id"}
    shown["percent"] = None if row["percent"] is None else f"{row['percent'].normalize():f}"
    shown["amount_off"] = amount(row["amount_off"], row["currency"])
    shown[least] = amount(row[least], row["currency"])
    return shown


@router.get("/promotions", **reads(Page[PromotionView]))
def promotions(request: Asked, wanted: Query[Window]) -> HttpResponse:
    """The promotions this workspace has launched."""
    found = queries.promotions(request.auth, after_id=wanted.last_id or 0, limit=wanted.limit + 1)
    return answer(page(found, wanted, id_of=_id, show=_promotion))


def _promotion(row: dict[str, Any]) -> dict[str, Any]:
    return _discount(row, "threshold")


@router.post("/promotions", **writes(Made, 201))
@once
def launch_promotion(request: Asked, given: NewPromotion) -> HttpResponse:
    """Launch a promotion; a supplier or partner funds its own."""
    ref = commands.launch_promotion(
        request.auth,
        name=given.name,
        kind=given.kind,
        lane=given.lane,
        percent=given.percent,
        amount_off=_minor(given.amount_off, given.currency, "amount_off"),
        threshold=to_minor(given.threshold, given.currency, field="threshold"),
        currency=given.currency,
        funders=None if given.funders is None else [funder.model_dump() for funder in given.funders],
        supplier_ref=given.supplier_ref,
        sku_ref=given.sku_ref,
        category_ref=given.category_ref,
        partner_ref=given.partner_ref,
        recheck_on_return=given.recheck_on_return,
        starts_at=given.starts_at,
        ends_at=given.ends_at,
    )
    return answer({"ref": ref}, 201)


@router.post("/promotions/{ref}/end", **writes(Made))
@once
def end_promotion(request: Asked, ref: str) -> HttpResponse:
    """End a promotion now; orders placed before keep it."""
    commands.end_promotion(request.auth, ref)
    return answer({"ref": ref})


@router.get("/coupons", **reads(Page[CouponView]))
def coupons(request: Asked, wanted: Query[Window]) -> HttpResponse:
    """The coupons this workspace has made."""
    found = queries.coupons(request.auth, after_id=wanted.last_id or 0, limit=wanted.limit + 1)
    return answer(page(found, wanted, id_of=_id, show=_coupon))


def _coupon(row: dict[str, Any]) -> dict[str, Any]:
    return _discount(row, "min_spend")


@router.post("/coupons", **writes(Made, 201))
@once
def create_coupon(request: Asked, given: NewCoupon) -> HttpResponse:
    """Make a coupon."""
    ref = commands.create_coupon(
        request.auth,
        code=given.code,
        name=given.name,
        percent=given.percent,
        amount_off=_minor(given.amount_off, given.currency, "amount_off"),
        min_spend=to_minor(given.min_spend, given.currency, field="min_spend"),
        currency=given.currency,
        uses=given.uses,
        per_buyer=given.per_buyer,
        starts_at=given.starts_at,
        ends_at=given.ends_at,
    )
    return answer({"ref": ref}, 201)


@router.post("/coupons/{ref}/end", **writes(Made))
@once
def end_coupon(request: Asked, ref: str) -> HttpResponse:
    """Let a coupon be used no more; orders placed before keep it."""
    commands.end_coupon(request.auth, ref)
    return answer({"ref": ref})


# -- share contracts ---------------------------------------------------------------------------------------------------


@router.get("/share-contracts", **reads(Page[ContractView]))
def share_contracts(request: Asked, wanted: Query[Window]) -> HttpResponse:
    """The contract versions this workspace is a side of."""
    found = queries.share_contracts(request.auth, after_id=wanted.last_id or 0, limit=wanted.limit + 1)
    return answer(page(found, wanted, id_of=_row_id, show=_contract))


@router.get("/share-contracts/{ref}", **reads(ContractView))
def share_contract(request: Asked, ref: str) -> HttpResponse:
    """A contract version this workspace is a side of."""
    return answer(_contract(queries.get_share_contract(request.auth, ref)))


@router.get("/share-contracts/{ref}/document.pdf", **draws("The contract as PDF"))
def contract_document(request: Asked, ref: str) -> HttpResponse:
    """A contract version on paper with its terms and signatures, in the language of Accept-Language."""
    return pdf(documents.compose("contract", request.auth, ref))


def _contract(row: ContractRow) -> dict[str, Any]:
    return {
        "ref": row.ref,
        "kind": row.kind,
        "party_ref": row.party_ref,
        "version": row.version,
        "terms": row.terms,
        "terms_hash": row.terms_hash,
        "starts_at": row.starts_at,
        "proposed_at": row.proposed_at,
        "signed": row.signed,
        "is_complete": row.is_complete,
    }


@router.post("/share-contracts", **writes(Made, 201))
@once
def propose_share_contract(request: Asked, given: NewContract) -> HttpResponse:
    """Propose the next version; it binds nobody until both sides have signed."""
    ref = commands.propose_share_contract(
        request.auth, kind=given.kind, terms=given.terms, party_ref=given.party_ref, starts_at=given.starts_at
    )
    return answer({"ref": ref}, 201)


@router.post("/share-contracts/{ref}/sign", **writes(ContractSigned))
@once
def sign_share_contract(request: Asked, ref: str, given: Signature) -> HttpResponse:
    """Sign a version for one's own side."""
    complete = commands.sign_share_contract(request.auth, ref, terms_hash=given.terms_hash)
    return answer({"ref": ref, "is_complete": complete})
