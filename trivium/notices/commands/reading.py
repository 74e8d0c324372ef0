"""Reading: what a person has seen."""

from typing import Any

from django.db.models.functions import Greatest

from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.notices.models import ReadMark

LAST = 2**63 - 1


@act
def mark_read(actor: Actor, event_id: int) -> None:
    """The person has read this workspace's notices up to an event; what was read stays read."""
    mine: dict[str, Any] = {"user_id": actor.user_id, "organization_id": actor.organization_id, "role": actor.role}
    if actor.user_id is None or not 0 <= event_id <= LAST:
        return
    ReadMark.objects.get_or_create(**mine)
    ReadMark.objects.filter(**mine).update(event_id=Greatest("event_id", event_id))
