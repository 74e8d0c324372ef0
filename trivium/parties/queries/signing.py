"""What an act lacks for want of a signature; and whether what was published and signed is as it was, for the audit."""

import datetime as dt
from collections.abc import Iterator

from trivium.core import sql
from trivium.core.faults import Check, Fault, faults_in
from trivium.core.time import now
from trivium.parties.errors import AgreementWanted
from trivium.parties.models import AgreementVersion


def wanted_agreement(organization_id: int, role: str, at: dt.datetime) -> str:
    """The reference of an agreement a company has to sign before it acts in a role; "" if there is none. One statement.

    The same function stands in the statement of `trading_terms`, so that placing an order asks nothing more.
    """
    found = sql.rows("SELECT parties_wanted_agreement(%s, %s, %s)", [organization_id, role, at])
    return str(found[0][0])


def check_agreements(organization_id: int, role: str, at: dt.datetime) -> None:
    """Whether a company has signed what an act in this role needs at a moment. One statement.

    Refuses: AgreementWanted, naming the one to sign.
    """
    refuse_unsigned(wanted_agreement(organization_id, role, at))


def refuse_unsigned(ref: str) -> None:
    """Refuse an act for want of this agreement; of "" none is wanted.

    Refuses: AgreementWanted.
    """
    if ref:
        version = AgreementVersion.objects.filter(agreement__ref=ref).order_by("-number").first()
        raise AgreementWanted(agreement=ref, title=version.title if version else {})


# -- for the audit: promise 5 ----------------------------------------------------------------------------------------


def agreements_say_what_was_published() -> Iterator[Fault]:
    """The fingerprints of a version are those of its text."""
    return faults_in(
        5,
        """
        SELECT 'agreement ' || a.ref, 'has a version ' || v.number || ' whose fingerprints are not those of its text'
        FROM parties_agreementversion v JOIN parties_agreement a ON a.id = v.agreement_id,
        LATERAL (SELECT (v.title ->> 'en') || E'\\n\\n' || (v.text ->> 'en') AS en,
                        (v.title ->> 'zh-hans') || E'\\n\\n' || (v.text ->> 'zh-hans') AS zh) AS w,
        LATERAL (SELECT encode(sha256(convert_to(w.en, 'UTF8')), 'hex') AS en,
                        encode(sha256(convert_to(w.zh, 'UTF8')), 'hex') AS zh) AS h
        WHERE (v.hash_en, v.hash_zh, v.hash_all)
              IS DISTINCT FROM (h.en, h.zh, encode(sha256(convert_to(h.en || E'\\n' || h.zh, 'UTF8')), 'hex'))
        ORDER BY v.id
        """,
    )


def signatures_are_of_their_texts() -> Iterator[Fault]:
    """A signature carries the fingerprint of the text of its version, in the language it was read in."""
    return faults_in(
        5,
        """
        SELECT 'signature ' || g.ref, 'is on other words than version ' || v.number || ' of ' || a.ref || ' holds'
        FROM parties_agreementsignature g JOIN parties_agreementversion v ON v.id = g.version_id
        JOIN parties_agreement a ON a.id = v.agreement_id
        WHERE g.hash_all <> v.hash_all OR g.text_hash <> CASE g.language WHEN 'en' THEN v.hash_en ELSE v.hash_zh END
           OR g.signed_at < v.published_at
        ORDER BY g.id
        """,
    )


def signers_worked_there() -> Iterator[Fault]:
    """Whoever signed for a company had a place in it, in the role the agreement binds."""
    return faults_in(
        4,
        """
        SELECT 'signature ' || g.ref, 'was given by ' || u.ref || ', who has had no place as ' || a.role || ' in '
               || o.ref || ' by then'
        FROM parties_agreementsignature g JOIN parties_agreementversion v ON v.id = g.version_id
        JOIN parties_agreement a ON a.id = v.agreement_id JOIN parties_user u ON u.id = g.signed_by_id
        JOIN parties_organization o ON o.id = g.organization_id
        WHERE NOT EXISTS (SELECT FROM parties_membership m WHERE m.organization_id = g.organization_id
                          AND m.user_id = g.signed_by_id AND m.role = a.role
                          AND (m.ends_at IS NULL OR m.ends_at >= g.signed_at))
        ORDER BY g.id
        """,
    )


def active_partners_have_signed() -> Iterator[Fault]:
    """A partner whose contract is in force waits only for as long as it has not signed what it has to."""
    return faults_in(
        4,
        """
        SELECT 'partner ' || o.ref, 'has its contract in force and lacks no signature, and is not active'
        FROM parties_organizationrole r JOIN parties_organization o ON o.id = r.organization_id
        WHERE r.role = 'partner' AND NOT r.is_active AND r.contracted_at < %(at)s - interval '2 days'
          AND parties_wanted_agreement(o.id, 'partner', %(at)s) = ''
          AND parties_wanted_agreement(o.id, 'partner', %(at)s - interval '2 days') = ''
        ORDER BY o.id
        """,
        {"at": now()},
    )


AGREEMENT_CHECKS: tuple[Check, ...] = (
    agreements_say_what_was_published,
    signatures_are_of_their_texts,
    signers_worked_there,
    active_partners_have_signed,
)
