"""Addresses of the sandbox: where its messages arrive, and where a developer sends those that wait."""

import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from trivium.connectors.sandbox.adapter import NAME, SandboxGateway, signed_message
from trivium.core.errors import NotFound, Refusal
from trivium.core.money import to_text
from trivium.parties import queries as parties
from trivium.settlement import commands, queries

STATUS = {"invalid": 422, "not_found": 404, "denied": 403, "conflict": 409, "unavailable": 503}
LIMIT = 16_384
SIGNATURE = "Sandbox-Signature"


@csrf_exempt
@require_POST
def messages(request: HttpRequest) -> HttpResponse:
    """What the gateway says; twice, late or out of order changes nothing more."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > LIMIT:
        return JsonResponse({"error": {"code": "request.too_large"}}, status=413)
    try:
        charge = SandboxGateway().read_message(request.body, str(request.headers.get(SIGNATURE, "")))
        commands.record_payment(charge, gateway=NAME)
    except Refusal as refusal:
        message = gettext(refusal.message) % refusal.params
        error = {"code": refusal.code, "message": message, "field": refusal.field, "doc": ""}
        return JsonResponse({"error": error}, status=STATUS[refusal.kind])
    return JsonResponse({"received": True})


@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """The payments that wait for a message."""
    if not _may_send(request):
        return HttpResponse(status=404)
    payments = [
        {"ref": ref, "amount": f"{to_text(amount, currency)} {currency}"}
        for ref, amount, currency in queries.payments_pending(NAME)
    ]
    return render(request, "sandbox/waiting.html", {"payments": payments})


@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """Let the gateway send its message about one payment, as it would come from outside."""
    if not _may_send(request):
        return HttpResponse(status=404)
    ref = request.POST.get("payment", "")
    for payment_ref, amount, currency in queries.payments_pending(NAME):
        if payment_ref == ref:
            succeeded = request.POST.get("outcome") == "succeeded"
            body, signature = signed_message(ref, amount, currency, succeeded=succeeded)
            charge = SandboxGateway().read_message(body, signature)
            commands.record_payment(charge, gateway=NAME)
            return redirect("sandbox:waiting")
    refusal = NotFound(what="payment", ref=ref)
    return HttpResponse(json.dumps({"error": {"code": refusal.code}}), status=404, content_type="application/json")


def _may_send(request: HttpRequest) -> bool:
    """A developer, or whoever may book payments: the outcome of a payment is nobody else's to choose."""
    if settings.DEBUG:
        return True
    actor = parties.actor_of(request.user.pk) if request.user.is_authenticated else None
    return actor is not None and actor.may("payment.record")


app_name = "sandbox"
urlpatterns = [
    path("messages", messages, name="messages"),
    path("", waiting, name="waiting"),
    path("send", send, name="send"),
]
