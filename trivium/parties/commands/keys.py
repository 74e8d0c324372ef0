"""Keys: how a program gets into a workspace, and how it is shut out again."""

import secrets

from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.errors import Denied, NotFound, clean_text
from trivium.core.time import now
from trivium.parties import queries
from trivium.parties.models import ApiKey
from trivium.parties.rules import Job, check_job


@act
def create_api_key(actor: Actor, *, label: str, job: str = Job.ADMIN) -> tuple[str, str]:
    """Make a key that opens this workspace to a program; returns (reference, secret). The secret is shown once.

    Refuses: Denied("apikey.manage"), BadJob.
    """
    actor.require("apikey.manage")
    if actor.organization_id is None or actor.user_id is None:
        raise Denied(permission="apikey.manage")
    check_job(job)
    secret = "tvm_" + secrets.token_urlsafe(30)
    key = ApiKey.objects.create(
        organization_id=actor.organization_id,
        role=actor.role,
        user_id=actor.user_id,
        job=job,
        created_at=now(),
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
