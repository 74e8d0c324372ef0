"""What a partner earns on goods, before anything is ordered."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.pricing import rules
from trivium.pricing.queries.offers import IN_FORCE
from trivium.pricing.rules import PartnerTerms


@dataclass(frozen=True, slots=True)
class Earning:
    """How a partner earns now. No terms: it has no contract in force, or is the house partner, which earns nothing."""

    terms: PartnerTerms | None
    volume: int
    currency: str

    @property
    def mode(self) -> str:
        """Commission, service fee or markup; "" without terms."""
        return self.terms.mode if self.terms else ""

    def percent_on(self, *, category_path: str, supplier_ref: str) -> Decimal | None:
        """What it earns on goods, in percent of their price, in the band it stands on. None: nothing is agreed."""
        if self.terms is None:
            return None
        clause = rules.pick_clause(
            self.terms, category_path=category_path, supplier_ref=supplier_ref, currency=self.currency
        )
        return clause.percent(self.volume) if clause else None


_EARNING = f"""
SELECT c.terms, COALESCE(v.volume, 0) FROM parties_organization o
LEFT JOIN LATERAL (
    SELECT c.terms FROM pricing_contractversion c
    WHERE c.party_id = o.id AND c.kind = '{rules.OPERATOR_PARTNER}' AND {IN_FORCE}
) c ON NOT o.is_house
LEFT JOIN pricing_partnerstanding v ON v.partner_id = o.id AND v.currency = %(currency)s
WHERE o.id = %(own)s
"""


def own_earning(actor: Actor, currency: str, at: dt.datetime) -> Earning:
    """How the partner at work earns at a moment, on goods in a currency. One statement."""
    found = sql.rows(_EARNING, {"own": actor.organization_id, "currency": currency, "at": at})
    terms, volume = found[0] if found and actor.is_role("partner") else (None, 0)
    return Earning(rules.read_partner_terms(terms) if terms else None, volume, currency)
