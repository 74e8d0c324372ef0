"""What this workspace was told."""

from trivium.core.time import now
from trivium.notices import commands, queries
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.forms import Field, Form
from trivium.web.shared.orders import number
from trivium.web.shared.workspace import WorkspaceRequest


@page
def notices(request: WorkspaceRequest) -> Shown:
    """Notices, newest first."""
    from django.urls import reverse
    from django.utils.translation import gettext

    found = queries.inbox(request.actor, now(), limit=60)
    form = None
    if any(not notice.is_read for notice in found):
        fields = (Field("upto", kind="hidden", value=str(found[0].event_id)),)
        url = reverse(f"{request.actor.role}:read_notices")
        form = Form("read", url, gettext("Mark all as read"), fields, tone="quiet", is_inline=True)
    return Shown("shared/notices.html", {"notices": found, "form": form})


@act
def read_notices(request: WorkspaceRequest) -> None:
    """Everything up to the newest one shown has been read."""
    upto = number(request.POST.get("upto"))
    if upto is not None:
        commands.mark_read(request.actor, upto)
