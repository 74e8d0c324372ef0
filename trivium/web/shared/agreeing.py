"""The first page of whoever was entered by somebody else: the privacy notice, and what they agree to."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext

from trivium.parties import commands
from trivium.web.shared.acting import Shown, act, page
from trivium.web.shared.forms import Form
from trivium.web.shared.notice import agreed, consent_fields, notice
from trivium.web.shared.workspace import WorkspaceRequest, is_to_agree


@page
def agree(request: WorkspaceRequest) -> Shown | HttpResponse:
    """What those who sign up have before them; who has agreed already goes on."""
    if not is_to_agree(request):
        return redirect("web:root")
    form = Form("agree", reverse("web:agree_now"), gettext("Agree and go on"), consent_fields())
    return Shown("shared/agree.html", {"notice": notice(), "form": form})


@act
def agree_now(request: WorkspaceRequest) -> str:
    """Keep what somebody agrees to at their first sign-in."""
    commands.agree_at_sign_up(
        request.actor.user_id or 0, agreed(request.POST), notice=request.POST.get("notice", ""), via="sign-in:first"
    )
    return reverse("web:root")
