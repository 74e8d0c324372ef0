"""What DingTalk tells of the members of a company: they have left, or were added again.

Source: open.dingtalk.com, "Event subscription" over HTTP (check_url, user_add_org, user_active_org, user_leave_org).
It posts JSON and wants an encrypted "success" back, or it posts again. Whatever is not from DingTalk, not for us or
not of now gets one answer without a word.
"""

import datetime as dt
import json
import secrets
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from trivium.core.actor import Actor
from trivium.core.envelopes import LONGEST, Envelopes, Forged
from trivium.core.errors import Refusal
from trivium.core.idempotency import Answer, run_once
from trivium.core.time import now
from trivium.parties import commands, queries

PROVIDER, PARTS_OF_A_SECOND = "dingtalk", 1000
BY = Actor.system("dingtalk: members")
MOST = 1_000


@csrf_exempt
@require_POST
def messages(request: HttpRequest) -> HttpResponse:
    """One message; the answer says, in DingTalk's own envelope, that it was taken in."""
    agreed = settings.SERVICE_MESSAGES.get(PROVIDER)
    try:
        if agreed is None:
            raise Forged()
        envelopes = Envelopes(**agreed)
        _heard(request, envelopes)
    except (Forged, Refusal):
        return HttpResponse(status=401)
    return JsonResponse(answer(envelopes))


def answer(envelopes: Envelopes) -> dict[str, str]:
    """ "success", signed and encrypted as DingTalk reads it."""
    sealed, nonce = envelopes.seal(b"success"), secrets.token_hex(8)
    at = str(int(now().timestamp() * PARTS_OF_A_SECOND))
    return {"msg_signature": envelopes.signature(at, nonce, sealed), "timeStamp": at, "nonce": nonce, "encrypt": sealed}


def _heard(request: HttpRequest, envelopes: Envelopes) -> None:
    if int(request.META.get("CONTENT_LENGTH") or 0) > LONGEST:
        raise Forged()
    given = request.GET
    signature = given.get("msg_signature") or given.get("signature") or ""
    timestamp = given.get("timestamp") or given.get("timeStamp") or ""
    envelope = str(_object(request.body).get("encrypt", ""))
    message = envelopes.open(signature, timestamp, given.get("nonce", ""), envelope, unit=PARTS_OF_A_SECOND)
    said = _object(message)
    company = envelopes.receivers[-1]
    if said.get("CorpId", company) != company:
        raise Forged()

    def take_in() -> Answer:
        members_changed(company, said, timestamp)
        return Answer(200, b"success")

    run_once(f"messages/{PROVIDER}", signature, envelope.encode(), take_in)


def members_changed(company: str, said: Mapping[str, Any], timestamp: str) -> None:
    """Do what a message asks for, if it says who may sign in.

    What else changes of a member (user_modify_org: name, phone, department) asks for nothing: none of it is kept here,
    their name is their own to change, and DingTalk gives nobody another userid.
    """
    kind, members = said.get("EventType"), said.get("UserId")
    if kind not in ("user_leave_org", "user_add_org", "user_active_org") or not isinstance(members, list):
        return
    at = _moment(str(said.get("TimeStamp") or timestamp))
    for member in members[:MOST]:
        for uid in queries.members_called(PROVIDER, company, str(member)):
            if kind == "user_leave_org":
                commands.stop_member(BY, PROVIDER, uid, said_at=at)
            else:
                commands.let_member(BY, PROVIDER, uid, said_at=at)


def _moment(text: str) -> dt.datetime:
    if not (text.isascii() and text.isdecimal() and len(text) <= 14):
        raise Forged()
    return dt.datetime.fromtimestamp(int(text) / PARTS_OF_A_SECOND, dt.UTC)


def _object(text: bytes) -> dict[str, Any]:
    """A JSON object. Raises Forged; what is nested too deep is none."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Forged() from error
    if not isinstance(found, dict):
        raise Forged()
    return found
