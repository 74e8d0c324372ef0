"""To whom something goes, and in which words: what announcements, polls and meetings share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trivium.core.actor import Actor
from trivium.core.errors import Denied, clean_text
from trivium.parties import queries as parties
from trivium.service.errors import LacksLanguage, LinesDiffer, TooManyCompanies, TooManyPoints, UnknownCompany
from trivium.service.rules import COMPANIES, LANGUAGES, check_groups


@dataclass(frozen=True, slots=True)
class Group:
    """Everybody in some roles, and the companies that are named; `told` are the references of all of them now."""

    roles: tuple[str, ...]
    companies: tuple[parties.Party, ...]
    told: tuple[str, ...]


def group_of(roles: Sequence[str], companies: Sequence[str]) -> Group:
    """The group that is meant. `companies` are references or exact names.

    Refuses: BadGroup, NobodyAddressed, TooManyCompanies, UnknownCompany.
    """
    known, named = check_groups(tuple(roles), len(companies)), _named(companies)
    return Group(known, named, told(known, [each.ref for each in named]))


def told(roles: Sequence[str], refs: Sequence[str]) -> tuple[str, ...]:
    """The references of every company in these roles, and of these."""
    return tuple(dict.fromkeys([*parties.refs_in_roles(roles), *refs]))


def _named(companies: Sequence[str]) -> tuple[parties.Party, ...]:
    if len(companies) > COMPANIES:
        raise TooManyCompanies(limit=COMPANIES, field="companies")
    known = {**parties.parties_by_name(companies), **parties.parties_by_ref(companies)}
    for given in companies:
        if given not in known:
            raise UnknownCompany(name=given[:60], field="companies")
    return tuple({known[given].id: known[given] for given in companies}.values())


def both(words: Mapping[str, str], limit: int, field: str) -> dict[str, str]:
    """The words in every language of the portals, and in no other.

    Refuses: LacksLanguage, TooLong, BadText.
    """
    found = {}
    for language in LANGUAGES:
        place = f"{field}.{language}"
        found[language] = clean_text(words.get(language, ""), limit=limit, field=place, required=False)
        if not found[language]:
            raise LacksLanguage(field=place)
    return found


def both_lines(lines: Mapping[str, Sequence[str]], limit: int, most: int, field: str) -> list[dict[str, str]]:
    """The same lines in every language of the portals.

    Refuses: LinesDiffer, TooManyPoints, TooLong, BadText.
    """
    written = {language: [line.strip() for line in lines.get(language, ()) if line.strip()] for language in LANGUAGES}
    count, place = len(written[LANGUAGES[0]]), f"{field}.{LANGUAGES[0]}"
    if count > most:
        raise TooManyPoints(most=most, field=place)
    for language in LANGUAGES:
        if len(written[language]) != count:
            raise LinesDiffer(count=len(written[language]), other=count, field=f"{field}.{language}")
    return [both({language: written[language][n] for language in LANGUAGES}, limit, field) for n in range(count)]


def person_of(actor: Actor, permission: str) -> tuple[int, int]:
    """The person and the company behind an actor.

    Refuses: Denied, if there are none.
    """
    if actor.user_id is None or actor.organization_id is None:
        raise Denied(permission=permission)
    return actor.user_id, actor.organization_id
