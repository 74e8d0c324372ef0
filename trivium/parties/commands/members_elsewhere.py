"""What another service says of its members: who may sign in through it no more, again, or under another name."""

import datetime as dt
from importlib import import_module

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings

from trivium.core.actor import Actor
from trivium.core.acts import act
from trivium.core.events import publish
from trivium.core.time import now
from trivium.parties.events import ServiceStopped
from trivium.parties.models import ServiceMember

CAUGHT_UP = dt.timedelta(minutes=10)
"""So long after it barred somebody, what the service's own directory says at a sign-in counts more."""


@act
def stop_member(actor: Actor, provider: str, uid: str, *, said_at: dt.datetime) -> bool:
    """A service says that a member was disabled or has left: nobody signs in as them through it from now on, and
    every session that was opened so ends. Their other ways to sign in stay.

    Returns whether anything changed: what was said again, or is older than what was said last, changes nothing.
    """
    if not _take_in(provider, uid, False, said_at):
        return False
    for link in SocialAccount.objects.filter(provider=provider, uid=uid).select_related("user"):
        ended = end_sessions_through(link)
        publish(ServiceStopped(subject=link.user.ref, service=provider, sessions=ended), actor=actor, at=now())
    return True


@act
def let_member(actor: Actor, provider: str, uid: str, *, said_at: dt.datetime) -> bool:
    """A service says that a member is active: they may sign in through it again. Returns whether anything changed."""
    return bool(ServiceMember.objects.filter(provider=provider, uid=uid)) and _take_in(provider, uid, True, said_at)


@act
def rename_member(actor: Actor, provider: str, uid: str, new_uid: str, *, said_at: dt.datetime, name: str) -> bool:
    """A service calls a member otherwise: the link follows, under the old name nobody signs in any more, and the
    sessions of it end. `name` is the service's own word for them. Returns whether anything changed.
    """
    if not _take_in(provider, uid, False, said_at):
        return False
    if not SocialAccount.objects.filter(provider=provider, uid=new_uid).exists():
        for link in SocialAccount.objects.select_for_update().filter(provider=provider, uid=uid):
            end_sessions_through(link)
            link.uid, link.extra_data = new_uid, {**link.extra_data, "userid": name}
            link.save(update_fields=["uid", "extra_data"])
    return True


@act
def meet_member(provider: str, uid: str) -> None:
    """Somebody signs in whom the service, asked just now, calls active: a bar it has left standing long ago is over."""
    at = now()
    ServiceMember.objects.filter(provider=provider, uid=uid, said_at__lt=at - CAUGHT_UP, may_sign_in=False).update(
        may_sign_in=True, said_at=at
    )


def end_sessions_through(link: SocialAccount) -> int:
    """End the sessions of a person that were opened through a link; returns how many."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    ended = 0
    for session in UserSession.objects.filter(user_id=link.user_id).order_by("pk"):
        records = store(session.session_key).get(AUTHENTICATION_METHODS_SESSION_KEY) or []
        if any(each.get("provider") == link.provider and each.get("uid") == link.uid for each in records):
            session.end()
            ended += 1
    return ended


def _take_in(provider: str, uid: str, may_sign_in: bool, said_at: dt.datetime) -> bool:
    """Write down what was said, unless it is older than what was said last, or the same."""
    values = {"may_sign_in": may_sign_in, "said_at": said_at}
    found, is_new = ServiceMember.objects.select_for_update().get_or_create(
        provider=provider, uid=uid[:191], defaults=values
    )
    if is_new:
        return True
    if said_at < found.said_at or (found.may_sign_in == may_sign_in and said_at == found.said_at):
        return False
    changed = found.may_sign_in != may_sign_in
    found.may_sign_in, found.said_at = may_sign_in, said_at
    found.save(update_fields=["may_sign_in", "said_at"])
    return changed
