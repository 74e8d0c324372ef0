"""The acts of notices."""

from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.notices.models import ReadMark


@act
def mark_read(actor: Actor, event_id: int) -> None:
    """The person has read this workspace's notices up to an event."""
    ReadMark.objects.update_or_create(
        user_id=actor.user_id, organization_id=actor.organization_id, role=actor.role, defaults={"event_id": event_id}
    )
