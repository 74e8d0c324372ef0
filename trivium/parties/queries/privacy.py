"""What is held on a person, what they agreed to, and whose time to be forgotten has come."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import CASCADE, ForeignKey, Model

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.core.fields import RefField
from trivium.core.history import changes_of
from trivium.parties.models import ApiKey, Consent, Membership, Preference, RetentionRule, User
from trivium.parties.rules import RETENTION_CODES, Jurisdiction, Kept, Rule, days_kept, jurisdiction_of, standing_terms

MOST_ACTS = 50_000
_IN_FULL = {"parties.user", "parties.membership", "parties.preference", "parties.apikey", "parties.consent"}


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """A consent of a person."""

    purpose: str
    version: int
    jurisdiction: str
    via: str
    given_at: dt.datetime
    withdrawn_at: dt.datetime | None


def consents_of(actor: Actor) -> list[ConsentRow]:
    """What the person behind the actor has agreed to, newest first, what was taken back too."""
    names = ("purpose", "version", "jurisdiction", "via", "given_at", "withdrawn_at")
    found = Consent.objects.filter(user_id=actor.user_id or 0).order_by("-id")
    return [ConsentRow(*row) for row in found.values_list(*names)]


def jurisdiction_for(user_id: int) -> Jurisdiction:
    """Under which law a person's data is kept: by the countries of all companies they work or have worked in."""
    found = Membership.objects.filter(user_id=user_id).values_list("organization__country", flat=True)
    return jurisdiction_of(list(found))


_ACTS = """
SELECT at, name, subject, actor FROM core_event
WHERE starts_with(actor, %(ref)s || '@') ORDER BY id DESC LIMIT %(limit)s
"""


def held_on(actor: Actor) -> dict[str, Any]:
    """Everything that is held on the person behind the actor, as plain data.

    Own data stands in full; of trade that names the person, which row and in which part, since what it says is their
    company's. Secrets (passwords, keys, codes) are not given out, only that they are there.
    Refuses: NotFound, where no person is behind the actor.
    """
    person = User.objects.filter(pk=actor.user_id or 0).first()
    if person is None:
        raise NotFound(what="person", ref=actor.user_ref)
    acts = sql.rows(_ACTS, {"ref": person.ref, "limit": MOST_ACTS})
    history = changes_of([person.ref], limit=MOST_ACTS)
    return {
        "person": {
            "ref": person.ref, "name": person.name, "email": person.email, "language": person.locale,
            "created_at": person.created_at, "last_sign_in": person.last_login, "may_sign_in": person.is_active,
        },
        "jurisdiction": jurisdiction_for(person.pk),
        "places": list(
            Membership.objects.filter(user=person).order_by("id")
            .values("organization__ref", "organization__name", "role", "job", "ends_at")
        ),
        "settings": list(Preference.objects.filter(user=person).order_by("id").values("workspace", "name", "value")),
        "keys": list(
            ApiKey.objects.filter(user=person).order_by("id")
            .values("ref", "label", "scopes", "created_at", "used_at", "revoked_at")
        ),
        "consents": [_plain(row) for row in consents_of(actor)],
        "ways_to_sign_in": _beside(person),
        "named_in": _named_in(person),
        "acts": [dict(zip(("at", "what", "subject", "workspace"), row, strict=True)) for row in acts],
        "changes": [{"at": each.at, "field": each.field, "kind": each.kind, "by": each.actor} for each in history],
    }  # fmt: skip


def _plain(row: ConsentRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ConsentRow.__slots__}


def links_to_persons() -> list[tuple[type[Model], "ForeignKey[Any, Any]"]]:
    """Every table with a foreign key to persons, of our own and of what signs people in."""
    return [
        (model, field)
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, ForeignKey) and field.related_model is User
    ]


_TOLD = ("email", "number", "phone", "provider", "uid", "type", "ip", "user_agent", "created_at", "last_seen_at",
         "last_login", "date_joined", "last_used_at", "verified", "verified_at", "primary")  # fmt: skip


def rows_of_their_own() -> list[tuple[type[Model], "ForeignKey[Any, Any]"]]:
    """Of these, the tables whose rows belong to the person alone: settings, addresses, ways to sign in."""
    return [(model, field) for model, field in links_to_persons() if _is_personal(field)]


def _beside(person: User) -> dict[str, list[dict[str, Any]]]:
    """Rows that belong to the person alone, such as mail addresses and phones they sign in with: never a secret."""
    found: dict[str, list[dict[str, Any]]] = {}
    for model, field in rows_of_their_own():
        label = model._meta.label_lower
        if label not in _IN_FULL:
            shown = [each.name for each in model._meta.local_concrete_fields if each.name in _TOLD]
            rows = model._base_manager.filter(**{field.name: person})
            found[label] = [{name: getattr(row, name) for name in shown} for row in rows]
    return {label: rows for label, rows in found.items() if rows}


def _is_personal(field: "ForeignKey[Any, Any]") -> bool:
    """Whether a row is nothing without its person: then it is theirs, and goes with them."""
    return field.remote_field.on_delete is CASCADE


def _named_in(person: User) -> list[dict[str, str]]:
    """The rows of trade that name the person: their kind, their reference, and as what."""
    found = []
    for model, field in links_to_persons():
        if _is_personal(field) or model._meta.label_lower in _IN_FULL:
            continue
        ref = next((each.name for each in model._meta.local_concrete_fields if isinstance(each, RefField)), "pk")
        rows = model._base_manager.filter(**{field.name: person}).order_by("pk").values_list(ref, flat=True)
        found += [{"what": model._meta.label_lower, "ref": str(row), "as": field.name} for row in rows[:MOST_ACTS]]
    return found


# -- how long it is kept -----------------------------------------------------------------------------------------------


def retention_rules() -> list[Rule]:
    """How long everything is kept under every law, in the newest version of each. One statement."""
    newest = RetentionRule.objects.order_by("code", "-version").distinct("code")
    found = {}
    for code, days, law, version in newest.values_list("code", "days", "law", "version"):
        if code in RETENTION_CODES:
            kept, _dash, jurisdiction = code.partition("-")
            found[code] = Rule(Kept(kept), Jurisdiction(jurisdiction), days, law, version)
    return standing_terms(found)


@dataclass(frozen=True, slots=True)
class TermVersion:
    """One version of how long something is kept: who made it so and why. The first is as delivered."""

    version: int
    days: int
    law: str
    reason: str
    person: str
    at: dt.datetime


def retention_versions(actor: Actor, code: str) -> list[TermVersion]:
    """Every version of a retention rule, newest first.

    Refuses: Denied("privacy.edit").
    """
    actor.require("privacy.edit")
    columns = ("version", "days", "law", "reason", "person__name", "at")
    rows = RetentionRule.objects.filter(code=code).order_by("-version").values_list(*columns)
    return [TermVersion(version, days, law, why, who or "", at) for version, days, law, why, who, at in rows]


# -- whose time has come -----------------------------------------------------------------------------------------------

_LEFT = """
SELECT u.ref, GREATEST(u.created_at, COALESCE(max(m.ends_at), u.created_at), COALESCE(u.last_login, u.created_at)),
       COALESCE(array_agg(DISTINCT o.country) FILTER (WHERE o.country IS NOT NULL), ARRAY[]::varchar[])
FROM parties_user u LEFT JOIN parties_membership m ON m.user_id = u.id
LEFT JOIN parties_organization o ON o.id = m.organization_id
WHERE u.erased_at IS NULL
GROUP BY u.id HAVING NOT bool_or(m.id IS NOT NULL AND m.ends_at IS NULL) ORDER BY u.id
"""


def persons_to_forget(at: dt.datetime) -> list[str]:
    """Who has had no place in any company for longer than their law lets their data be kept."""
    found, days = [], days_kept(retention_rules(), Kept.LEFT)
    for ref, since, countries in sql.rows(_LEFT):
        if at - since > dt.timedelta(days=days[jurisdiction_of(countries)]):
            found.append(ref)
    return found


def consents_to_forget(at: dt.datetime) -> list[int]:
    """Consents taken back so long ago that nothing has to be proved by them."""
    ended = sql.rows("SELECT id, withdrawn_at, jurisdiction FROM parties_consent WHERE withdrawn_at IS NOT NULL")
    days = days_kept(retention_rules(), Kept.CONSENTS)
    return [key for key, when, law in ended if at - when > dt.timedelta(days=days[law])]


def days_of_countries(kept: Kept) -> dict[str, int]:
    """For how many days something is kept by the law of each country that a company is in. Two statements."""
    days = days_kept(retention_rules(), kept)
    countries = sql.rows("SELECT DISTINCT country FROM parties_organization ORDER BY country")
    return {country: days[jurisdiction_of([country])] for (country,) in countries}
