"""What WeCom tells of its members: they were disabled, have left, came back, or are called otherwise.

Source: developer.work.weixin.qq.com, "Callbacks" (URL verification, receiving events) and "Change of members"
(change_contact). WeCom asks once by GET whether the address is ours; then it posts, and posts again for a while where
it hears nothing. Whatever is not from WeCom, not for us or not of now gets one answer without a word.
"""

import datetime as dt
from collections.abc import Mapping
from xml.parsers import expat

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from trivium.core.actor import Actor
from trivium.core.envelopes import LONGEST, Envelopes, Forged
from trivium.core.errors import Refusal
from trivium.core.idempotency import Answer, run_once
from trivium.parties import commands

PROVIDER, ACTIVE = "wecom", "1"
BY = Actor.system("wecom: members")


@csrf_exempt
@require_http_methods(["GET", "POST"])
def messages(request: HttpRequest) -> HttpResponse:
    """One message, or the question whether this address is ours."""
    agreed = settings.SERVICE_MESSAGES.get(PROVIDER)
    try:
        if agreed is None:
            raise Forged()
        return HttpResponse(_heard(request, Envelopes(**agreed)), content_type="text/plain")
    except (Forged, Refusal):
        return HttpResponse(status=401)


def _heard(request: HttpRequest, envelopes: Envelopes) -> bytes:
    given = {name: request.GET.get(name, "") for name in ("msg_signature", "timestamp", "nonce", "echostr")}
    signed = (given["msg_signature"], given["timestamp"], given["nonce"])
    if request.method == "GET":
        return envelopes.open(*signed, given["echostr"])
    if int(request.META.get("CONTENT_LENGTH") or 0) > LONGEST:
        raise Forged()
    envelope = fields_of(request.body).get("Encrypt", "")
    said = fields_of(envelopes.open(*signed, envelope))
    if said.get("ToUserName") not in envelopes.receivers:
        raise Forged()

    def take_in() -> Answer:
        member_changed(envelopes.receivers[0], said)
        return Answer(200, b"success")

    return run_once(f"messages/{PROVIDER}", given["msg_signature"], envelope.encode(), take_in).body


def member_changed(company: str, said: Mapping[str, str]) -> None:
    """Do what a message asks for, if it is about a member."""
    if (said.get("MsgType"), said.get("Event")) != ("event", "change_contact") or not said.get("UserID"):
        return
    uid, at = f"{company}:{said['UserID']}", _moment(said.get("CreateTime", ""))
    kind, status, new = said.get("ChangeType"), said.get("Status", ""), said.get("NewUserID", "")
    if kind == "delete_user" or (kind == "update_user" and status not in ("", ACTIVE)):
        commands.stop_member(BY, PROVIDER, uid, said_at=at)
    elif kind == "update_user" and new and new != said["UserID"]:
        commands.rename_member(BY, PROVIDER, uid, f"{company}:{new}", said_at=at, name=new)
    elif kind == "create_user" or (kind == "update_user" and status == ACTIVE):
        commands.let_member(BY, PROVIDER, uid, said_at=at)


def _moment(text: str) -> dt.datetime:
    if not (text.isascii() and text.isdecimal() and len(text) <= 11):
        raise Forged()
    return dt.datetime.fromtimestamp(int(text), dt.UTC)


def fields_of(document: bytes) -> dict[str, str]:
    """The elements right under the root of WeCom's XML, and their texts.

    Read by the bare parser: no document type, so no entity is ever declared or fetched, and nothing deeper than
    WeCom's own messages. Raises Forged.
    """
    reading = _Reading()
    parser = expat.ParserCreate(encoding="utf-8")
    parser.StartDoctypeDeclHandler = reading.refuse
    parser.EntityDeclHandler = reading.refuse
    parser.ProcessingInstructionHandler = reading.refuse
    parser.StartElementHandler = reading.begin
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.text
    try:
        parser.Parse(document, True)
    except (expat.ExpatError, UnicodeDecodeError) as error:
        raise Forged() from error
    return reading.found


class _Reading:
    DEEPEST, MOST = 5, 200

    def __init__(self) -> None:
        self.found: dict[str, str] = {}
        self.path: list[str] = []
        self.count = 0

    def refuse(self, *_declared: object) -> None:
        raise Forged()

    def begin(self, name: str, _attributes: Mapping[str, str]) -> None:
        self.path.append(name)
        self.count += 1
        if len(self.path) > self.DEEPEST or self.count > self.MOST:
            raise Forged()
        if len(self.path) == 2:
            if name in self.found:
                raise Forged()
            self.found[name] = ""

    def end(self, _name: str) -> None:
        self.path.pop()

    def text(self, data: str) -> None:
        if len(self.path) == 2:
            self.found[self.path[-1]] += data
