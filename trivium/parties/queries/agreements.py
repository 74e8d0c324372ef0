"""Reads of agreements: what a company has to sign and has signed, who has not, and what proves it."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.errors import NotFound
from trivium.core.lists import Found, Wanted, counted, like
from trivium.core.time import now
from trivium.parties.models import Agreement, AgreementVersion
from trivium.parties.rules import REMINDED_AT, RENEWED_WITHIN, canonical, fingerprint, fingerprints, joined


@dataclass(frozen=True, slots=True)
class VersionView:
    """A published version: its text in every language with the fingerprints, and how it binds."""

    id: int
    number: int
    title: Mapping[str, str]
    text: Mapping[str, str]
    hashes: Mapping[str, str]
    hash_all: str
    is_required: bool
    binds_from: dt.datetime
    valid_days: int | None
    replaces_at: dt.datetime | None
    published_at: dt.datetime
    published_by: str

    def words(self, language: str) -> str:
        """What is signed in a language, to the letter."""
        return canonical(self.title, self.text, language)


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """An agreement for those who write it; `number` is 0 before its first version, `signed` how many of the
    `companies` in its role stand under a signature that counts."""

    id: int
    ref: str
    role: str
    title: Mapping[str, str]
    number: int
    is_required: bool
    binds_from: dt.datetime | None
    drafted_at: dt.datetime
    ended_at: dt.datetime | None
    companies: int
    signed: int


@dataclass(frozen=True, slots=True)
class AgreementView:
    """An agreement with its versions, newest first, and for those who write it with its draft."""

    id: int
    ref: str
    role: str
    title: Mapping[str, str]
    text: Mapping[str, str]
    draft_hash: str
    drafted_at: dt.datetime
    ended_at: dt.datetime | None
    versions: Sequence[VersionView]

    def version(self, number: int | None = None) -> VersionView:
        """One of its versions, without a number the newest.

        Refuses: NotFound.
        """
        for each in self.versions:
            if number in (None, each.number):
                return each
        raise NotFound(what="agreement", ref=f"{self.ref} {number or ''}".strip())


@dataclass(frozen=True, slots=True)
class Standing:
    """How a company stands to an agreement.

    `state` is wanted (acts are refused until it signs), due (it has to sign by `due_at`), offered (it may sign), signed
    or ended. `number` is the version there is to sign, `signed_number` the one its signature is on, which counts until
    `counts_until`, or for good.
    """

    ref: str
    title: Mapping[str, str]
    number: int
    state: str
    due_at: dt.datetime | None
    may_sign: bool
    signature_ref: str
    signed_number: int | None
    signed_at: dt.datetime | None
    signed_by: str
    counts_until: dt.datetime | None
    company_ref: str
    company: str


@dataclass(frozen=True, slots=True)
class SignatureView:
    """A signature and what it was given for: `words` to the letter, and the fingerprints reckoned anew from them."""

    ref: str
    agreement_ref: str
    number: int
    company: str
    signed_by: str
    language: str
    text_hash: str
    hash_all: str
    network: str
    via: str
    signed_at: dt.datetime
    valid_until: dt.datetime | None
    words: str
    hash_now: str
    hash_all_now: str

    @property
    def is_intact(self) -> bool:
        """Whether the fingerprints reckoned anew from the text that is kept are those that were signed."""
        return (self.text_hash, self.hash_all) == (self.hash_now, self.hash_all_now)


# Every agreement and every company in its role, with the signature that counts longest: `until` is when it stops to
# (NULL: never), `is_asked` whether acts need one now, `is_asked_then` whether they do at that moment, `asks_from` when
# a version to come begins to. The house partner is the operator itself and signs nothing.
_STANDINGS = """
SELECT a.id AS agreement_id, a.ref, a.role, a.ended_at, o.id AS company_id, o.ref AS company_ref, o.name AS company,
       n.number, n.title, s.ref AS signature_ref, s.number AS signed_number, s.signed_at, s.signed_by, s.until,
       s.ref IS NOT NULL AND (s.until IS NULL OR s.until > %(at)s) AS is_signed,
       a.ended_at IS NULL AND COALESCE(b.is_required, false) AS is_asked,
       a.ended_at IS NULL AND COALESCE((
           SELECT v.is_required FROM parties_agreementversion v
           WHERE v.agreement_id = a.id AND v.binds_from <= s.until ORDER BY v.number DESC LIMIT 1), false
       ) AS is_asked_then,
       CASE WHEN a.ended_at IS NULL THEN (
           SELECT min(v.binds_from) FROM parties_agreementversion v
           WHERE v.agreement_id = a.id AND v.is_required AND v.binds_from > COALESCE(greatest(s.until, %(at)s), %(at)s)
       ) END AS asks_from
FROM parties_agreement a
JOIN parties_organizationrole r ON r.role = a.role
JOIN parties_organization o ON o.id = r.organization_id AND NOT o.is_house
JOIN LATERAL (SELECT v.number, v.title FROM parties_agreementversion v
              WHERE v.agreement_id = a.id ORDER BY v.number DESC LIMIT 1) n ON true
LEFT JOIN LATERAL (SELECT v.is_required FROM parties_agreementversion v
                   WHERE v.agreement_id = a.id AND v.binds_from <= %(at)s ORDER BY v.number DESC LIMIT 1) b ON true
LEFT JOIN LATERAL (
    SELECT g.ref, v.number, g.signed_at, u.name AS signed_by,
           LEAST(g.valid_until, (SELECT min(w.replaces_at) FROM parties_agreementversion w
                                 WHERE w.agreement_id = a.id AND w.number > v.number)) AS until
    FROM parties_agreementsignature g JOIN parties_agreementversion v ON v.id = g.version_id
    JOIN parties_user u ON u.id = g.signed_by_id
    WHERE g.organization_id = o.id AND v.agreement_id = a.id
    ORDER BY until DESC NULLS FIRST, v.number DESC, g.id DESC LIMIT 1) s ON true
"""
# When the company would stand without one: its signature ends while one is asked for, or a version begins to ask.
_DUE = """CASE WHEN is_signed AND until IS NULL THEN NULL WHEN is_signed AND is_asked_then THEN until
               WHEN is_signed OR NOT is_asked THEN asks_from END"""
_MAY_SIGN = f"""(ended_at IS NULL AND (NOT is_signed OR signed_number < number
                 OR COALESCE(%(at)s >= until - least(interval '{RENEWED_WITHIN.days} days', (until - signed_at) / 2),
                             false)))"""
_STATE = f"""CASE WHEN ended_at IS NOT NULL THEN 'ended' WHEN NOT is_signed AND is_asked THEN 'wanted'
                  WHEN {_MAY_SIGN} AND {_DUE} IS NOT NULL THEN 'due' WHEN is_signed THEN 'signed' ELSE 'offered' END"""
_ROWS = f"""
SELECT ref, title, number, state, due_at, may_sign, COALESCE(signature_ref, ''), signed_number, signed_at,
       COALESCE(signed_by, ''), until, company_ref, company
FROM (SELECT x.*, {_STATE} AS state, {_DUE} AS due_at, {_MAY_SIGN} AS may_sign FROM ({_STANDINGS} {{where}}) AS x) AS y
"""
_OWN = "WHERE o.id = %(company)s AND a.role = %(role)s AND (a.ended_at IS NULL OR s.ref IS NOT NULL)"
_FIRST = "ORDER BY array_position(ARRAY['wanted', 'due', 'offered'], state) NULLS LAST, ref"


def agreements_of(actor: Actor) -> list[Standing]:
    """How the own company stands to every agreement of its role, what is to sign first. One statement."""
    params = {"at": now(), "company": actor.organization_id or 0, "role": actor.role}
    return [_standing(row) for row in sql.rows(_ROWS.format(where=_OWN) + _FIRST, params)]


def agreements_to_sign(actor: Actor) -> list[Standing]:
    """Those of them that acts need now, or will at a moment that is known. One statement."""
    return [row for row in agreements_of(actor) if row.state in ("wanted", "due")]


def _standing(row: sql.Row) -> Standing:
    return Standing(row[0], _read(row[1]), *row[2:])


def _read(value: Any) -> Any:
    """JSON as a raw statement brings it."""
    return json.loads(value) if isinstance(value, str) else value


_SORTS = {"company": "company", "signed": "signed_at", "until": "until"}
_OF_ONE = f"""
FROM (SELECT x.*, {_STATE} AS state, {_DUE} AS due_at, {_MAY_SIGN} AS may_sign
      FROM ({_STANDINGS} WHERE a.ref = %(ref)s) AS x) AS y
WHERE (%(state)s = '' OR state = %(state)s OR (%(state)s = 'unsigned' AND NOT is_signed))
  AND (%(text)s = '' OR company ILIKE %(like)s::text)
"""
_COLUMNS = """SELECT ref, title, number, state, due_at, may_sign, COALESCE(signature_ref, ''), signed_number, signed_at,
       COALESCE(signed_by, ''), until, company_ref, company"""


def standings_of(actor: Actor, ref: str, wanted: Wanted) -> Found:
    """How every company in its role stands to an agreement. Filter: state (or unsigned). Text: the company. Two
    statements.

    Refuses: Denied("agreement.edit").
    """
    actor.require("agreement.edit")
    params = {"at": now(), "ref": ref, "state": wanted.filters.get("state", ""), "text": wanted.text.strip(),
              "like": like(wanted.text), "limit": wanted.limit, "offset": wanted.offset}  # fmt: skip
    column, way = _SORTS.get(wanted.sort, "company"), "DESC" if wanted.descending else "ASC"
    page = f"{_COLUMNS} {_OF_ONE} ORDER BY {column} {way} NULLS LAST, company_id LIMIT %(limit)s OFFSET %(offset)s"
    rows = [_standing(row) for row in sql.rows(page, params)]
    return Found(rows, *counted(sql.rows(f"SELECT count(*) {_OF_ONE}", params)[0][0]))


_LIST = f"""
SELECT a.id, a.ref, a.role, COALESCE(n.title, a.title), COALESCE(n.number, 0), COALESCE(n.is_required, false),
       n.binds_from, a.drafted_at, a.ended_at, COALESCE(c.companies, 0), COALESCE(c.signed, 0)
FROM parties_agreement a
LEFT JOIN LATERAL (SELECT v.title, v.number, v.is_required, v.binds_from FROM parties_agreementversion v
                   WHERE v.agreement_id = a.id ORDER BY v.number DESC LIMIT 1) n ON true
LEFT JOIN (SELECT agreement_id, count(*) AS companies, count(*) FILTER (WHERE is_signed) AS signed
           FROM ({_STANDINGS}) AS x GROUP BY agreement_id) AS c ON c.agreement_id = a.id
ORDER BY a.ended_at IS NOT NULL, a.id DESC
"""


def agreements(actor: Actor) -> list[AgreementRow]:
    """Every agreement, newest first, those that have ended last. One statement.

    Refuses: Denied("agreement.edit").
    """
    actor.require("agreement.edit")
    found: list[list[Any]] = [[*row[:3], _read(row[3]), *row[4:]] for row in sql.rows(_LIST, {"at": now()})]
    return [AgreementRow(*values) for values in found]


def get_agreement(actor: Actor, ref: str) -> AgreementView:
    """An agreement with its versions; the draft is the operator's alone. Two statements.

    Refuses: NotFound.
    """
    found = Agreement.objects.visible_to(actor).filter(ref=ref).first()
    if found is None:
        raise NotFound(what="agreement", ref=ref)
    versions = [_version(row) for row in found.versions.select_related("published_by").order_by("-number")]
    title, text = found.title, found.text
    if not actor.may("agreement.edit"):
        if not versions:
            raise NotFound(what="agreement", ref=ref)
        title, text = versions[0].title, versions[0].text
    mark = joined(fingerprints(title, text))
    return AgreementView(found.pk, found.ref, found.role, title, text, mark, found.drafted_at, found.ended_at, versions)


def _version(row: AgreementVersion) -> VersionView:
    hashes = {"en": row.hash_en, "zh-hans": row.hash_zh}
    by = row.published_by.name if row.published_by else ""
    return VersionView(row.pk, row.number, row.title, row.text, hashes, row.hash_all, row.is_required, row.binds_from,
                       row.valid_days, row.replaces_at, row.published_at, by)  # fmt: skip


_SIGNATURES = """
SELECT g.ref, a.ref, v.number, o.name, u.name, g.language, g.text_hash, g.hash_all, g.network, g.via, g.signed_at,
       LEAST(g.valid_until, (SELECT min(w.replaces_at) FROM parties_agreementversion w
                             WHERE w.agreement_id = a.id AND w.number > v.number)), v.title, v.text
FROM parties_agreementsignature g JOIN parties_agreementversion v ON v.id = g.version_id
JOIN parties_agreement a ON a.id = v.agreement_id JOIN parties_organization o ON o.id = g.organization_id
JOIN parties_user u ON u.id = g.signed_by_id
WHERE ((%(all)s AND %(company)s::text IN ('', o.ref)) OR (o.ref = %(company)s AND a.role = %(role)s))
"""


def signatures(actor: Actor, ref: str, *, company_ref: str = "", limit: int = 100) -> list[SignatureView]:
    """The signatures on an agreement, newest first: the own company's, for the operator everybody's. One statement."""
    params = {**_whose(actor, company_ref), "ref": ref, "limit": limit}
    found = sql.rows(f"{_SIGNATURES} AND a.ref = %(ref)s ORDER BY g.id DESC LIMIT %(limit)s", params)
    return [_signature(row) for row in found]


def get_signature(actor: Actor, ref: str) -> SignatureView:
    """A signature with the text it stands under, and its fingerprints reckoned anew. One statement.

    Refuses: NotFound.
    """
    found = sql.rows(f"{_SIGNATURES} AND g.ref = %(ref)s", {**_whose(actor, ""), "ref": ref[:40]})
    if not found:
        raise NotFound(what="signature", ref=ref)
    return _signature(found[0])


def _whose(actor: Actor, company_ref: str) -> dict[str, object]:
    sees_all = actor.may("agreement.edit")
    return {"all": sees_all, "company": company_ref if sees_all else actor.organization_ref, "role": actor.role}


def _signature(row: sql.Row) -> SignatureView:
    title, text = _read(row[12]), _read(row[13])
    words = canonical(title, text, row[5])
    values: list[Any] = [*row[:12], words, fingerprint(words), joined(fingerprints(title, text))]
    return SignatureView(*values)


_REMINDERS = f"""
SELECT agreement_id, ref, company_id, company_ref, due_at, days
FROM (SELECT x.*, {_DUE} AS due_at FROM ({_STANDINGS} WHERE a.ended_at IS NULL) AS x) AS y
JOIN LATERAL (SELECT min(d) AS days FROM unnest(%(days)s::int[]) AS d
              WHERE due_at <= %(at)s + make_interval(days => d)) AS z ON z.days IS NOT NULL
WHERE due_at > %(at)s
  AND NOT EXISTS (SELECT FROM parties_agreementreminder m WHERE m.organization_id = company_id
                  AND m.agreement_id = y.agreement_id AND m.due_at = y.due_at AND m.days <= z.days)
ORDER BY company_id, agreement_id LIMIT 1000
"""


@dataclass(frozen=True, slots=True)
class Lapsing:
    """A company that has to sign by `due_at`, and was not told yet that only so many days are left."""

    agreement_id: int
    agreement_ref: str
    organization_id: int
    organization_ref: str
    due_at: dt.datetime
    days: int


def agreements_lapsing(at: dt.datetime) -> list[Lapsing]:
    """Who is to be reminded at a moment, of what, at most a thousand at a time. One statement."""
    return [Lapsing(*row) for row in sql.rows(_REMINDERS, {"at": at, "days": list(REMINDED_AT)})]


def agreement_titles(actor: Actor, refs: Sequence[str]) -> dict[str, str]:
    """Which of these agreements the workspace may see; a notice names no title, its page does. One statement."""
    found = Agreement.objects.visible_to(actor).filter(ref__in=list(refs))
    return dict.fromkeys(found.values_list("ref", flat=True), "")
