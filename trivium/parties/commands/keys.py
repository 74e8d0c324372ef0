"""Keys: how a program gets into a workspace, and how it is shut out again."""

import datetime as dt
import secrets
from collections.abc import Sequence

from trivium.core import sql
from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import Denied, NotFound, clean_text
from trivium.core.time import now
from trivium.parties import queries
from trivium.parties.errors import BadExpiry
from trivium.parties.models import ApiKey
from trivium.parties.rules import DEFAULT_SCOPES, Job, check_job, check_scopes


@act
def create_api_key(
    actor: Actor,
    *,
    label: str,
    job: str = Job.ADMIN,
    scopes: Sequence[str] = DEFAULT_SCOPES,
    expires_at: dt.datetime | None = None,
) -> tuple[str, str]:
    """Make a key that opens this workspace to a program; returns (reference, secret). The secret is shown once.

    A key makes others only within its own scopes.
    Refuses: Denied("apikey.manage"), BadJob, NoScope, BadScope, ScopeBeyondOwn, BadExpiry.
    """
    actor.require("apikey.manage")
    if actor.organization_id is None or actor.user_id is None:
        raise Denied(permission="apikey.manage")
    check_job(job)
    at = now()
    if expires_at is not None and expires_at <= at:
        raise BadExpiry(field="expires_at")
    secret = "tvm_" + secrets.token_urlsafe(30)
    key = ApiKey.objects.create(
        organization_id=actor.organization_id,
        role=actor.role,
        user_id=actor.user_id,
        job=job,
        scopes=check_scopes(scopes, actor.scopes),
        created_at=at,
        expires_at=expires_at,
        label=clean_text(label, limit=80, field="label"),
        secret_hash=queries.hash_key(secret),
    )
    return key.ref, secret


@act
def revoke_api_key(actor: Actor, key_ref: str) -> None:
    """Close a key of this workspace at once.

    Refuses: Denied("apikey.manage"), NotFound.
    """
    actor.require("apikey.manage")
    own = actor.organization_id or 0
    mine = ApiKey.objects.filter(ref=key_ref, organization_id=own, role=actor.role, revoked_at=None)
    if not mine.update(revoked_at=now()):
        raise NotFound(what="key", ref=key_ref)


@act
def note_uses() -> int:
    """Write down when keys were last used, as far as the meter knows and the keys do not; returns how many."""
    return sql.execute(
        """
        UPDATE parties_apikey k SET used_at = b.used_at FROM core_bucket b
        WHERE b.name = 'key:' || k.ref AND (k.used_at IS NULL OR k.used_at < b.used_at)
        """
    )
