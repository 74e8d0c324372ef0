"""Addresses inside the site. They do not depend on the reader, so each is put together once."""

from functools import lru_cache

from django.urls import reverse


@lru_cache(maxsize=10_000)
def path_to(name: str, *args: str) -> str:
    """The path of a page by its name."""
    return reverse(name, args=args)


_PLACES = {"ord_": "order", "tkt_": "ticket", "ann_": "announcement", "pol_": "poll", "mtg_": "meeting",
           "prd_": "product", "stm_": "statement", "ent_": "entry", "agr_": "agreement",
           "ags_": "agreement_signature"}  # fmt: skip
_OF_CUTOVERS = {"partner": "buyers", "buyer": "our_company", "operator": "organizations"}
_WITH_GOODS = ("supplier", "partner", "buyer")


def path_of(role: str, ref: str) -> str:
    """The path of what a reference names, in a portal; "" if it has no page there."""
    if ref.startswith("app_"):
        return path_to("operator:application" if role == "operator" else "apply:application", ref)
    if ref.startswith("cut_"):
        return path_to(f"{role}:{_OF_CUTOVERS[role]}") if role in _OF_CUTOVERS else ""
    if ref.startswith("pap_"):
        return path_to("operator:company_papers" if role == "operator" else f"{role}:our_company")
    if ref.startswith("pyo_"):
        return path_to(f"{role}:payouts")
    place = _PLACES.get(ref[:4], "")
    has_page = place and not (place == "product" and role not in _WITH_GOODS)
    return path_to(f"{role}:{place}", ref) if has_page else ""
