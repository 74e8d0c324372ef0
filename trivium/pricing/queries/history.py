"""What was changed about prices, discounts and freight, and by whom; nobody reads terms that are not theirs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.core.history import Change, amounts_in_words, changes_of
from trivium.parties import queries as parties
from trivium.parties.queries import History
from trivium.pricing.models import ContractPrice, Coupon, PriceList, Promotion

OF_A_LIST = ("price_list", "price")
KINDS = (*OF_A_LIST, "contract_price", "promotion", "coupon", "freight_rate")
_THINGS: Mapping[str, tuple[Any, Sequence[str]]] = {
    "prl": (PriceList, OF_A_LIST),
    "ctp": (ContractPrice, ("contract_price",)),
    "prm": (Promotion, ("promotion",)),
    "cpn": (Coupon, ("coupon",)),
}
# Whoever may not see a thing now does not see what it was.
_NEEDED = {
    **dict.fromkeys((*OF_A_LIST, "contract_price"), "price.view"),
    "promotion": "promotion.launch",
    "coupon": "coupon.create",
}
_AMOUNTS = {
    "promotion": ("pricing_promotion", {"amount_off", "threshold"}),
    "coupon": ("pricing_coupon", {"amount_off", "min_spend"}),
    "freight_rate": ("pricing_freightrate", {"base", "per_kg", "free_from"}),
}


def terms_history(actor: Actor, ref: str, *, before_id: int | None = None, limit: int = 50) -> History:
    """What was changed about a price list with its prices, a contract price, a promotion or a coupon, for whoever may
    read the thing itself; by a company's reference, about all of its own, freight rates too, for the company as a
    seller and for the operator. Newest first; `names` has skus by code.

    Refuses: NotFound.
    """
    model, kinds = _THINGS.get(ref.partition("_")[0], (None, KINDS))
    kinds = [kind for kind in kinds if kind not in _NEEDED or actor.may(_NEEDED[kind])]
    if model is not None:
        if not kinds or not model.objects.visible_to(actor).filter(ref=ref).exists():
            raise NotFound(what="terms", ref=ref)
        return _told(actor, changes_of([ref], kinds=kinds, before_id=before_id, limit=limit))
    if not (actor.is_system or actor.is_role("operator") or _is_its_seller(actor, ref)):
        raise NotFound(what="organization", ref=ref)
    return _told(actor, changes_of([ref, *_lists_of(ref)], kinds=kinds, before_id=before_id, limit=limit))


def _is_its_seller(actor: Actor, ref: str) -> bool:
    return actor.is_role("supplier", "partner") and actor.organization_ref == ref


def _lists_of(ref: str) -> list[str]:
    """The price lists a company publishes itself: what a partner sells at under markup is the partner's alone."""
    statement = """SELECT l.ref FROM pricing_pricelist l
                   JOIN parties_organization o ON o.id = COALESCE(l.partner_id, l.supplier_id) WHERE o.ref = %s"""
    return [str(each) for (each,) in sql.rows(statement, [ref])]


_SKUS = "SELECT ref, code FROM catalog_sku WHERE ref = ANY(%s::text[])"
_CALLED = """
SELECT ref, name FROM pricing_pricelist WHERE ref = ANY(%(refs)s::text[])
UNION ALL SELECT ref, code FROM pricing_coupon WHERE ref = ANY(%(refs)s::text[])
"""


def _told(actor: Actor, changes: Sequence[Change]) -> History:
    found = parties.told(actor, amounts_in_words(changes, _AMOUNTS))
    refs = {each for change in changes for each in (change.beside, change.old, change.new) if isinstance(each, str)}
    skus: dict[str, str] = dict(sql.rows(_SKUS, [[each for each in refs if each.startswith("sku_")]]))
    called: dict[str, str] = dict(sql.rows(_CALLED, {"refs": sorted({each.subject for each in changes})}))
    return replace(found, names={**found.names, **skus, **called})
