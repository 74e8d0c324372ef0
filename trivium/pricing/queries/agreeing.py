"""Share contracts, promotions and coupons as those who made them read them."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.core.lists import Found, Wanted, cut
from trivium.pricing.models import ContractSignature, ContractVersion, Coupon, Promotion
from trivium.pricing.rules import PartnerTerms, SupplierTerms, read_partner_terms, read_supplier_terms

PAGE_LIMIT = 200


@dataclass(frozen=True, slots=True)
class ContractRow:
    """A contract version as its two sides see it. `signed` is side → when; with both it is complete."""

    id: int
    ref: str
    kind: str
    party_ref: str
    version: int
    terms: dict[str, Any]
    terms_hash: str
    starts_at: dt.datetime
    proposed_at: dt.datetime
    signed: dict[str, dt.datetime]

    @property
    def is_complete(self) -> bool:
        """Whether both sides have signed."""
        return len(self.signed) == 2


def lock_contract(actor: Actor, contract_ref: str) -> ContractVersion:
    """A contract version of this workspace, locked so that its two sides sign one after the other.

    Refuses: NotFound.
    """
    found: list[ContractVersion] = list(ContractVersion.objects.visible_to(actor).filter(ref=contract_ref).locked())
    if not found:
        raise NotFound(what="share contract", ref=contract_ref)
    return found[0]


def share_contracts(
    actor: Actor, *, party_ref: str | None = None, after_id: int = 0, limit: int = 50
) -> list[ContractRow]:
    """The contract versions this workspace is a side of, by id. Two statements."""
    found = ContractVersion.objects.visible_to(actor).filter(id__gt=after_id)
    if party_ref is not None:
        found = found.filter(party__ref=party_ref)
    return _contract_rows(found.order_by("id")[: min(limit, PAGE_LIMIT)])


_CONTRACT_SORTS = {"party": "party__name", "begins": "starts_at", "proposed": "id"}


def contract_list(actor: Actor, wanted: Wanted) -> Found:
    """Contract versions this workspace is a side of. Filters: kind, signed (both, waiting). Text: the party's name.

    Three statements.
    """
    found = ContractVersion.objects.visible_to(actor)
    if wanted.filters.get("kind"):
        found = found.filter(kind=wanted.filters["kind"])
    if wanted.text:
        found = found.filter(party__name__icontains=wanted.text)
    if signed := wanted.filters.get("signed"):
        votes = ContractSignature.objects.values("contract_id").annotate(sides=Count("id"))
        both = votes.filter(sides__gte=2).values("contract_id")
        found = found.filter(pk__in=both) if signed == "both" else found.exclude(pk__in=both)
    page, count, is_more = cut(found, wanted, _CONTRACT_SORTS)
    return Found(_contract_rows(page), count, is_more)


def _contract_rows(found: Any) -> list[ContractRow]:
    columns = (
        "id",
        "ref",
        "kind",
        "party__ref",
        "version",
        "terms",
        "terms_hash",
        "starts_at",
        "proposed_at",
    )
    rows = list(found.values_list(*columns))
    signed: dict[int, dict[str, dt.datetime]] = {row[0]: {} for row in rows}
    signatures = ContractSignature.objects.filter(contract_id__in=list(signed)).values_list("contract_id", "side", "at")
    for contract_id, side, at in signatures:
        signed[contract_id][side] = at
    return [
        ContractRow(row_id, ref, kind, of, version, json.loads(terms), signed_hash, starts_at, at, signed[row_id])
        for row_id, ref, kind, of, version, terms, signed_hash, starts_at, at in rows
    ]


def get_share_contract(actor: Actor, contract_ref: str) -> ContractRow:
    """One contract version this workspace is a side of.

    Refuses: NotFound.
    """
    row_id = ContractVersion.objects.visible_to(actor).filter(ref=contract_ref).values_list("id", flat=True).first()
    if row_id is None:
        raise NotFound(what="share contract", ref=contract_ref)
    return share_contracts(actor, after_id=row_id - 1, limit=1)[0]


def terms_by_id(contract_ids: Sequence[int]) -> dict[int, SupplierTerms | PartnerTerms]:
    """Signed terms by the contract versions stored with lines: for `explain`, audits and recomputing a split.

    One statement for any number. The caller decides who may see them.
    """
    found = ContractVersion.objects.filter(pk__in=list(contract_ids)).values_list("id", "kind", "terms")
    return {
        row_id: read_supplier_terms(terms) if kind == "operator_supplier" else read_partner_terms(terms)
        for row_id, kind, terms in found
    }


def contract_refs(contract_ids: Sequence[int]) -> dict[int, str]:
    """References of contract versions by key. One statement."""
    return dict(ContractVersion.objects.filter(pk__in=list(contract_ids)).values_list("id", "ref"))


def promotions(actor: Actor, *, after_id: int = 0, limit: int = 50) -> list[dict[str, Any]]:
    """The promotions this workspace has launched (the operator: all), by id. One statement."""
    columns = (
        "id", "ref", "name", "kind", "lane", "percent", "amount_off", "threshold", "currency", "funders",
        "recheck_on_return", "starts_at", "ends_at", "is_active",
    )  # fmt: skip
    found = Promotion.objects.visible_to(actor).filter(id__gt=after_id).order_by("id")
    return list(found.values(*columns)[: min(limit, PAGE_LIMIT)])


def coupons(actor: Actor, *, after_id: int = 0, limit: int = 50) -> list[dict[str, Any]]:
    """The coupons this workspace has made (the operator: all), by id. One statement."""
    columns = (
        "id", "ref", "code", "name", "percent", "amount_off", "min_spend", "currency", "funder", "uses_left",
        "per_buyer", "starts_at", "ends_at", "is_active",
    )  # fmt: skip
    found = Coupon.objects.visible_to(actor).filter(id__gt=after_id).order_by("id")
    return list(found.values(*columns)[: min(limit, PAGE_LIMIT)])


def names_of_promotions(refs: Sequence[str]) -> dict[str, dict[str, str]]:
    """The names of promotions in every language, by reference: for showing a trail in the reader's. One
    statement.
    """
    return dict(Promotion.objects.filter(ref__in=list(refs)).values_list("ref", "name"))
