"""Agreements: the operator writes and publishes them, a person of each company signs, and is reminded in time."""

import datetime as dt
from collections.abc import Mapping

from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import NotFound
from trivium.core.events import OPERATOR, publish
from trivium.core.time import now
from trivium.parties import queries
from trivium.parties.commands.companies import lock_own_company
from trivium.parties.errors import (
    AgreementOver,
    DraftChanged,
    OtherLanguage,
    OtherText,
    SameAsPublished,
    SignedAlready,
    SignerNeeded,
)
from trivium.parties.events import (
    AgreementEnded,
    AgreementLapses,
    AgreementPublished,
    AgreementSigned,
    PartnerActivated,
)
from trivium.parties.models import (
    Agreement,
    AgreementReminder,
    AgreementSignature,
    AgreementVersion,
    Membership,
    Organization,
    OrganizationRole,
)
from trivium.parties.queries import Lapsing
from trivium.parties.rules import (
    ARTICLES,
    HEADLINE,
    TONGUES,
    Role,
    can_be_renewed,
    check_bound,
    clean_articles,
    clean_terms_of,
    fingerprints,
    joined,
    mask_address,
)

Words = Mapping[str, str]


@act
def draft_agreement(actor: Actor, *, role: str, title: Words, text: Words) -> str:
    """Write a new agreement for companies in a role; returns its reference. It binds nobody before it is published.

    Refuses: Denied("agreement.edit"), BadAgreementRole, LacksWords, TooLong, BadText.
    """
    actor.require("agreement.edit")
    made = Agreement(
        role=check_bound(role), title=clean_articles(title, limit=HEADLINE, field="title"),
        text=clean_articles(text, limit=ARTICLES, field="text"), drafted_by_id=actor.user_id, drafted_at=now(),
    )  # fmt: skip
    made.save(force_insert=True)
    return made.ref


@act
def change_draft(actor: Actor, ref: str, *, seen: str, title: Words, text: Words) -> None:
    """Change what the next version of an agreement will say; what was published stays as it is.

    `seen` is the fingerprint of the draft that was looked at.
    Refuses: Denied("agreement.edit"), NotFound, AgreementOver, DraftChanged, LacksWords, TooLong, BadText.
    """
    found = _locked(actor, ref)
    _check_seen(found, seen)
    found.title = clean_articles(title, limit=HEADLINE, field="title")
    found.text = clean_articles(text, limit=ARTICLES, field="text")
    found.drafted_by_id, found.drafted_at = actor.user_id, now()
    found.save(update_fields=["title", "text", "drafted_by", "drafted_at"])


@act
def publish_agreement(
    actor: Actor,
    ref: str,
    *,
    seen: str,
    binds_on: dt.date,
    is_required: bool = True,
    valid_days: int | None = None,
    asks_anew: bool = True,
    old_until: dt.date | None = None,
) -> int:
    """Publish the draft as the next version, for good; returns its number. The companies it binds are told.

    From `binds_on` on, acts need a signature, if it is required. A signature is valid for `valid_days`, else for good.
    With `asks_anew` signatures on earlier versions count until `old_until`, else until it binds; without, for as long
    as they are valid. `seen` is the fingerprint of the draft that was looked at.

    Refuses: Denied("agreement.edit"), NotFound, AgreementOver, DraftChanged, SameAsPublished, BindsTooSoon (a change
    is shown a week before), BadPeriod, OldEndsTooSoon.
    """
    found = _locked(actor, ref)
    _check_seen(found, seen)
    last = found.versions.order_by("-number").first()
    at = now()
    terms = clean_terms_of(
        is_first=last is None, is_required=is_required, binds_on=binds_on, valid_days=valid_days, old_until=old_until,
        asks_anew=asks_anew, at=at,
    )  # fmt: skip
    said = (seen, is_required, valid_days)
    if last is not None and (last.hash_all, last.is_required, last.valid_days) == said:
        raise SameAsPublished()
    hashes = fingerprints(found.title, found.text)
    version = AgreementVersion(
        agreement=found, number=last.number + 1 if last else 1, title=found.title, text=found.text,
        hash_en=hashes["en"], hash_zh=hashes["zh-hans"], hash_all=joined(hashes), is_required=terms.is_required,
        binds_from=terms.binds_from, valid_days=terms.valid_days, replaces_at=terms.replaces_at,
        published_by_id=actor.user_id, published_at=at,
    )  # fmt: skip
    version.save(force_insert=True)
    told = tuple(queries.refs_in_roles([found.role]))
    event = AgreementPublished(subject=ref, audience=told, number=version.number, is_required=terms.is_required)
    publish(event, actor=actor, at=at)
    return version.number


@act
def end_agreement(actor: Actor, ref: str) -> None:
    """Ask nobody for an agreement any more; what was signed stays written down. Twice is once.

    Refuses: Denied("agreement.edit"), NotFound.
    """
    actor.require("agreement.edit")
    found = _row(actor, ref)
    if found.ended_at is None:
        found.ended_at = now()
        found.save(update_fields=["ended_at"])
        publish(AgreementEnded(subject=ref, audience=(OPERATOR,)), actor=actor, at=found.ended_at)
        activate_ready(actor, found.ended_at)


@act
def sign_agreement(
    actor: Actor, ref: str, *, number: int, language: str, text_hash: str, address: str = ""
) -> str:
    """Sign the newest version for the own company; returns the signature's reference. The same person twice is once.

    `text_hash` is the fingerprint of the text that was read, in `language`. Of `address` the network alone is kept.
    A partner whose share contract waited for this is active from now on.

    Refuses: Denied("agreement.sign"), SignerNeeded, NotFound, AgreementOver, OtherText (not the newest, or other
    words), OtherLanguage, SignedAlready (by a colleague).
    """
    company = lock_own_company(actor, "agreement.sign")
    signer = actor.user_id
    works_here = Membership.objects.filter(user_id=signer or 0, organization=company, role=actor.role, ends_at=None)
    if signer is None or not works_here.exists():
        raise SignerNeeded(permission="agreement.sign")
    version = _to_sign(actor, ref, number=number, language=language, text_hash=text_hash)
    at = now()
    given = list(AgreementSignature.objects.filter(version=version, organization=company).order_by("-round")[:1])
    if given and not can_be_renewed(given[0].signed_at, given[0].valid_until, at):
        return _again(given[0], signer)
    until = at + dt.timedelta(days=version.valid_days) if version.valid_days else None
    made = AgreementSignature(
        version=version, organization=company, round=given[0].round + 1 if given else 1, signed_by_id=signer,
        language=language, text_hash=text_hash, hash_all=version.hash_all, network=mask_address(address),
        via=actor.via[:60], signed_at=at, valid_until=until,
    )  # fmt: skip
    made.save(force_insert=True)
    event = AgreementSigned(
        subject=ref, audience=(company.ref, OPERATOR), signature_ref=made.ref, organization_ref=company.ref,
        number=version.number,
    )  # fmt: skip
    publish(event, actor=actor, at=at)
    if actor.role == Role.PARTNER:
        activate_ready(actor, at, company.pk)
    return made.ref


@act
def remind_of_agreement(lapsing: Lapsing) -> None:
    """Tell a company that so many days are left until it has to sign; each once."""
    company = list(Organization.objects.filter(pk=lapsing.organization_id).locked())
    told = AgreementReminder.objects.filter(
        organization_id=lapsing.organization_id, agreement_id=lapsing.agreement_id, due_at=lapsing.due_at,
        days__lte=lapsing.days,
    )  # fmt: skip
    if not company or told.exists():
        return
    at = now()
    AgreementReminder(
        organization_id=lapsing.organization_id, agreement_id=lapsing.agreement_id, due_at=lapsing.due_at,
        days=lapsing.days, at=at,
    ).save(force_insert=True)  # fmt: skip
    event = AgreementLapses(
        subject=lapsing.agreement_ref, audience=(lapsing.organization_ref,), organization_ref=lapsing.organization_ref,
        days=lapsing.days,
    )  # fmt: skip
    publish(event, actor=Actor.system("agreements"), at=at)


def activate_ready(actor: Actor, at: dt.datetime, organization_id: int | None = None) -> int:
    """Activate partners whose share contract is in force and who lack no signature; returns how many. Within an act."""
    waiting = OrganizationRole.objects.filter(role=Role.PARTNER, is_active=False, contracted_at__isnull=False)
    if organization_id is not None:
        waiting = waiting.filter(organization_id=organization_id)
    activated = 0
    for row in list(waiting.locked()):
        if queries.wanted_agreement(row.organization_id, Role.PARTNER, at):
            continue
        row.is_active = True
        row.save(update_fields=["is_active"])
        ref = queries.names_of([row.organization_id])[row.organization_id].ref
        publish(PartnerActivated(subject=ref, audience=(ref,)), actor=actor, at=at)
        activated += 1
    return activated


@act
def activate_waiting() -> int:
    """Activate partners who wait for a signature that is asked for no more; returns how many."""
    return activate_ready(Actor.system("agreements"), now())


def _row(actor: Actor, ref: str) -> Agreement:
    found = list(Agreement.objects.visible_to(actor).filter(ref=ref).locked())
    if not found:
        raise NotFound(what="agreement", ref=ref)
    row: Agreement = found[0]
    return row


def _locked(actor: Actor, ref: str) -> Agreement:
    actor.require("agreement.edit")
    found = _row(actor, ref)
    if found.ended_at is not None:
        raise AgreementOver()
    return found


def _check_seen(found: Agreement, seen: str) -> None:
    if joined(fingerprints(found.title, found.text)) != seen:
        raise DraftChanged(field="seen")


def _to_sign(actor: Actor, ref: str, *, number: int, language: str, text_hash: str) -> AgreementVersion:
    """The newest version, if that is what was read: locked, so that no newer one is published meanwhile."""
    found = _row(actor, ref)
    if found.ended_at is not None:
        raise AgreementOver()
    if language not in TONGUES:
        raise OtherLanguage(field="language")
    version: AgreementVersion = found.versions.order_by("-number")[:1].get()
    of_language = {"en": version.hash_en, "zh-hans": version.hash_zh}[language]
    if (number, text_hash) != (version.number, of_language):
        raise OtherText(field="text_hash")
    return version


def _again(given: AgreementSignature, signer: int) -> str:
    if given.signed_by_id != signer:
        raise SignedAlready(name=given.signed_by.name)
    return given.ref
