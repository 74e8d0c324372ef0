"""A share contract on paper, for its two sides: the terms one by one, and who has signed them."""

from django.utils.translation import gettext

from trivium.core.actor import Actor
from trivium.core.documents import Document
from trivium.parties import queries as parties
from trivium.pricing import queries as pricing
from trivium.pricing.queries import ContractRow
from trivium.web.shared import words
from trivium.web.shared.contracts import terms_of
from trivium.web.shared.documents.frame import column, drawn, known, moment, side
from trivium.web.shared.filters import day


def contract_document(actor: Actor, ref: str) -> Document:
    """One version of a share contract.

    Refuses: NotFound.
    """
    row = pricing.get_share_contract(actor, ref)
    operator = parties.operator()
    heads = parties.letterheads([row.party_ref, *([operator.ref] if operator else [])])
    party, ours = heads[row.party_ref], heads.get(operator.ref) if operator else None
    return drawn(
        "contract",
        actor,
        head=gettext("Share contract"),
        number=gettext("Version %(number)s") % {"number": row.version},
        name=row.ref,
        state=words.word("status", "agreed" if row.is_complete else "unsigned"),
        sides=[
            side(gettext("Operator"), ours),
            side(words.word("role", row.kind.removeprefix("operator_")), party),
        ],
        facts=known(
            (gettext("Kind"), words.word("contract", row.kind)),
            (gettext("Proposed"), moment(row.proposed_at)),
            (gettext("Begins"), day(row.starts_at)),
            (gettext("Reference"), row.ref),
        ),
        terms_head=gettext("Terms"),
        columns=[
            column("#", is_figure=True),
            column(gettext("Term"), is_wide=True),
            column(gettext("As agreed"), is_figure=True),
        ],
        terms=[[str(place), name, value] for place, (name, value) in enumerate(terms_of(row), 1)],
        fingerprint=gettext("Fingerprint of the terms: %(hash)s") % {"hash": row.terms_hash},
        signatures=[_signature(row, "operator", ours.name if ours else ""), _signature(row, "party", party.name)],
    )


def _signature(row: ContractRow, side_: str, who: str) -> tuple[str, str, str]:
    at = row.signed.get(side_)
    return gettext("Signed by"), who, gettext("Signed on %(when)s") % {"when": moment(at)} if at else ""
