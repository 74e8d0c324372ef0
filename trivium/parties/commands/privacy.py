"""A person's own say: what they agree to, and to be forgotten. What the law requires stays, under a pseudonym."""

import datetime as dt
from collections.abc import Collection

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import Denied, NotFound, clean_text
from trivium.core.events import OPERATOR, publish
from trivium.core.history import say_who
from trivium.core.time import now
from trivium.parties import queries
from trivium.parties.commands.colleagues import leave_everywhere
from trivium.parties.errors import AlreadyErased, ChangedMeanwhile, NothingToChange, NotThisAddress, OtherWords
from trivium.parties.events import ConsentGiven, ConsentWithdrawn, PersonErased, RetentionChanged
from trivium.parties.models import ApiKey, Consent, Membership, RetentionRule, User
from trivium.parties.rules import BY_CODE, Kept, check_agreed, check_term, days_kept, pseudonym

_KEPT = frozenset({Membership, Consent})  # places end and consents are proof: neither holds a name


@act
def give_consent(actor: Actor, purpose: str, *, version: int) -> None:
    """Agree to a purpose, in the version whose words were shown; agreeing again to the same one changes nothing.

    Refuses: Denied (no person is behind the actor), NotFound (purpose), OtherWords (they have changed since).
    """
    person = _locked_person(actor)
    known = BY_CODE.get(purpose)
    if known is None:
        raise NotFound(what="consent", ref=purpose, field="purpose")
    if known.version != version:
        raise OtherWords(field="version")
    at = now()
    held = Consent.objects.filter(user=person, purpose=purpose, withdrawn_at=None).first()
    if held is not None and held.version == version:
        return
    Consent.objects.filter(user=person, purpose=purpose, withdrawn_at=None).update(withdrawn_at=at)
    Consent.objects.create(
        user=person, purpose=purpose, version=version, jurisdiction=queries.jurisdiction_for(person.pk),
        via=actor.via[:40], given_at=at,
    )  # fmt: skip
    publish(ConsentGiven(subject=person.ref, purpose=purpose, version=version), actor=actor, at=at)


@act
def agree_at_sign_up(user_id: int, purposes: Collection[str], *, notice: str, via: str) -> None:
    """Keep what somebody has agreed to while signing up, by the notice they had before them; in the same transaction.

    Likewise at their first sign-in, if somebody else has entered them. `via` is the way they came by: "sign-up:mail",
    "sign-up:phone", "sign-up:" and a service, "sign-up:invitation"; "sign-in:first".
    Refuses: OtherWords (the words have changed since), NotAgreed (to what nobody signs up without), NotFound (purpose).
    """
    check_agreed(purposes, notice=notice)
    person = User.objects.get(pk=user_id)
    actor = Actor(person.pk, person.ref, None, "", "", via=via)
    for purpose in sorted(purposes):
        known = BY_CODE.get(purpose)
        if known is None:
            raise NotFound(what="consent", ref=purpose, field="purpose")
        give_consent(actor, purpose, version=known.version)
    if person.is_to_agree:
        User.objects.filter(pk=person.pk).update(is_to_agree=False)


@act
def withdraw_consent(actor: Actor, purpose: str) -> None:
    """Take a consent back, at once and for no reason; that it was given stays as a proof for a time.

    Refuses: Denied (no person is behind the actor), NotFound (none is in force).
    """
    person, at = _locked_person(actor), now()
    if not Consent.objects.filter(user=person, purpose=purpose, withdrawn_at=None).update(withdrawn_at=at):
        raise NotFound(what="consent", ref=purpose, field="purpose")
    publish(ConsentWithdrawn(subject=person.ref, purpose=purpose), actor=actor, at=at)


@act
def erase_myself(actor: Actor, *, email: str) -> None:
    """Forget the person behind the actor, who has typed their own mail address to say that they mean it.

    Refuses: Denied (no person is behind the actor), NotThisAddress, OnlyAdministrator.
    """
    person = _locked_person(actor)
    if (person.email or person.ref).casefold() != email.strip().casefold():
        raise NotThisAddress(field="email")
    _erase(actor, person)


@act
def erase_person(actor: Actor, user_ref: str, *, reason: str) -> None:
    """Forget a person who has asked for it by letter, or whose time has come.

    Refuses: Denied("party.admit"), NotFound, AlreadyErased, OnlyAdministrator, Empty.
    """
    actor.require("party.admit")
    clean_text(reason, limit=500, field="reason")
    found = list(User.objects.filter(ref=user_ref).select_for_update())
    if not found:
        raise NotFound(what="person", ref=user_ref)
    _erase(actor, found[0])


@act
def change_retention(actor: Actor, code: str, *, seen: int, days: int, law: str, reason: str) -> int:
    """Let something be kept for another time under a law, from now on; returns the number of the new version.

    `seen` is the version that was looked at; `law` the article it stands on. What is over by then goes the next night.
    Refuses: Denied("privacy.edit"), NotFound, TermOutOfBounds, NothingToChange, ChangedMeanwhile, Empty, TooLong,
    BadText.
    """
    actor.require("privacy.edit")
    rule = next((each for each in queries.retention_rules() if each.code == code), None)
    if rule is None:
        raise NotFound(what="retention rule", ref=code)
    check_term(rule, days)
    named = clean_text(law, limit=120, field="law", required=False)
    said = clean_text(reason, limit=500, field="reason")
    if rule.version != seen:
        raise ChangedMeanwhile(changed="days")
    if (rule.days, rule.law) == (days, named):
        raise NothingToChange(field="days")
    at = now()
    try:
        with transaction.atomic():
            RetentionRule.objects.create(
                code=code, version=seen + 1, days=days, law=named, reason=said, person_id=actor.user_id, at=at
            )
    except IntegrityError as error:
        raise ChangedMeanwhile(changed="days") from error
    publish(RetentionChanged(subject=code, audience=(OPERATOR,), version=seen + 1), actor=actor, at=at)
    return seen + 1


@act
def forget_consent(consent_id: int) -> None:
    """Delete a consent that was taken back so long ago that it proves nothing any more."""
    Consent.objects.filter(pk=consent_id, withdrawn_at__isnull=False).delete()


_OVER = (
    "DELETE FROM django_session WHERE expire_date < %(at)s",
    """DELETE FROM usersessions_usersession u
       WHERE NOT EXISTS (SELECT FROM django_session s WHERE s.session_key = u.session_key)""",
    "DELETE FROM core_cache WHERE expires < %(at)s",
)


@act
def forget_sessions() -> None:
    """Delete the sessions that have run out, where they came from, and what was counted while it mattered."""
    for statement in _OVER:
        sql.execute(statement, {"at": now()})


@act
def forget_answers() -> None:
    """Delete the answers kept for requests that come again, once nobody's law lets them be kept any longer."""
    days = min(days_kept(queries.retention_rules(), Kept.ANSWERS).values())
    before = now() - dt.timedelta(days=days)
    sql.execute("DELETE FROM core_idempotencyrecord WHERE at < %(before)s", {"before": before})


def _locked_person(actor: Actor) -> User:
    found = list(User.objects.filter(pk=actor.user_id or 0).select_for_update())
    if not found:
        raise Denied(permission="person")
    return found[0]


def _erase(actor: Actor, person: User) -> None:
    """Name, mail address, phones, ways to sign in and settings go. Orders, votes and books keep the reference."""
    if person.erased_at is not None:
        raise AlreadyErased()
    say_who()
    companies = leave_everywhere(actor, person)
    at = now()
    for model, field in queries.rows_of_their_own():
        if model not in _KEPT:
            model._base_manager.filter(**{field.name: person}).delete()
    ApiKey.objects.filter(user=person, revoked_at=None).update(revoked_at=at)
    Consent.objects.filter(user=person, withdrawn_at=None).update(withdrawn_at=at)
    person.email, person.name, person.is_active = None, pseudonym(person.ref), False
    person.password, person.erased_at = make_password(None), at
    person.save()
    publish(PersonErased(subject=person.ref, audience=companies), actor=actor, at=at)
