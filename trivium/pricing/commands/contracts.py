"""Share contracts: one side proposes a version, both sides sign it, each by a person of its own."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import Denied, NotFound
from trivium.core.events import publish
from trivium.core.time import now
from trivium.parties import commands as parties_commands
from trivium.parties import queries as parties
from trivium.pricing import queries, rules
from trivium.pricing.errors import (
    AlreadySigned,
    ContractChanged,
    Outdated,
    PersonNeeded,
    SignedByYou,
    TermsDiffer,
)
from trivium.pricing.events import ShareContractProposed, ShareContractSigned
from trivium.pricing.models import ContractSignature, ContractVersion


@act
def propose_share_contract(
    actor: Actor,
    *,
    kind: str,
    terms: Mapping[str, Any],
    party_ref: str | None = None,
    starts_at: dt.datetime | None = None,
) -> str:
    """Write down the next version of a share contract; returns its reference. It binds nobody until both have
    signed.

    `kind` is "operator_supplier" (total deduction) or "operator_partner" (the partner's share). The operator
    names the party; a supplier or partner proposes for itself. It never begins in the past: `starts_at` is
    now or later.

    Refuses: Denied("contract.propose"), NotFound (kind, party), BadTerms, BadPercent, BadCurrency,
    OverlappingClauses, ContractChanged (two proposals at the same moment).
    """
    actor.require("contract.propose")
    at = now()
    party_id, party_ref = _party(actor, kind, party_ref)
    text = rules.clean_terms(kind, terms)
    made = ContractVersion.objects.filter(kind=kind, party_id=party_id)
    contract = ContractVersion(
        kind=kind, party_id=party_id, version=(made.aggregate(last=Max("version"))["last"] or 0) + 1,
        terms=text, terms_hash=rules.terms_hash(text),
        mode=rules.read_partner_terms(text).mode if kind == rules.OPERATOR_PARTNER else "",
        starts_at=max(starts_at or at, at), proposed_by=actor.ref[:120], proposed_at=at,
    )  # fmt: skip
    try:
        contract.save(force_insert=True)
    except IntegrityError as error:
        raise ContractChanged() from error
    publish(
        ShareContractProposed(
            subject=contract.ref, audience=(actor.organization_ref, party_ref), kind=kind, party_ref=party_ref,
            version=contract.version,
        ),
        actor=actor, at=at,
    )  # fmt: skip
    return contract.ref


@act
def sign_share_contract(actor: Actor, contract_ref: str, *, terms_hash: str | None = None) -> bool:
    """Sign a version for one's own side; returns whether both sides have now signed, so that it comes into
    force. A partner that was approved and waited for it is active from now on.

    `terms_hash` is the hash of what the signer has read. Only a person signs, one person for one side, and
    only the newest: once a later version is complete, an older one cannot become it.

    Refuses: Denied("contract.sign"), NotFound, PersonNeeded, TermsDiffer, SignedByYou, AlreadySigned,
    Outdated.
    """
    actor.require("contract.sign")
    contract = queries.lock_contract(actor, contract_ref)
    at = now()
    if actor.user_id is None:
        raise PersonNeeded(permission="contract.sign")
    if terms_hash is not None and terms_hash != contract.terms_hash:
        raise TermsDiffer(field="terms_hash")
    _check_newest(contract)
    side = "operator" if actor.is_role("operator") else "party"
    signed = dict(contract.signatures.values_list("side", "user_id"))
    if side in signed:
        raise AlreadySigned()
    if actor.user_id in signed.values():
        raise SignedByYou(permission="contract.sign")
    try:
        with transaction.atomic():
            ContractSignature.objects.create(
                contract=contract, side=side, user_id=actor.user_id, terms_hash=contract.terms_hash, at=at
            )
    except IntegrityError as error:  # both sides signed at the same moment by one person, or one side twice
        raise AlreadySigned() from error
    if signed and contract.kind == rules.OPERATOR_PARTNER:
        parties_commands.activate_partner(actor, contract.party_id)
    party = parties.names_of([contract.party_id])[contract.party_id]
    publish(
        ShareContractSigned(
            subject=contract.ref, audience=(actor.organization_ref, party.ref), side=side, party_ref=party.ref,
            version=contract.version, is_complete=bool(signed),
        ),
        actor=actor, at=at,
    )  # fmt: skip
    return bool(signed)


def _party(actor: Actor, kind: str, party_ref: str | None) -> tuple[int, str]:
    if kind not in rules.KINDS:
        raise NotFound(what="kind of contract", ref=kind, field="kind")
    if actor.is_role("supplier", "partner"):
        if kind != f"operator_{actor.role}":
            raise Denied(permission="contract.propose", field="kind")
        if party_ref not in (None, "", actor.organization_ref) or actor.organization_id is None:
            raise NotFound(what="organization", ref=party_ref, field="party_ref")
        return actor.organization_id, actor.organization_ref
    found = parties.parties_by_ref([party_ref]) if party_ref else {}
    if party_ref is None or party_ref not in found:
        raise NotFound(what="organization", ref=party_ref or "", field="party_ref")
    return found[party_ref].id, party_ref


def _check_newest(contract: ContractVersion) -> None:
    later = ContractVersion.objects.filter(
        kind=contract.kind, party_id=contract.party_id, version__gt=contract.version
    ).filter(signatures__side="operator").filter(signatures__side="party")  # fmt: skip
    if later.exists():
        raise Outdated()
