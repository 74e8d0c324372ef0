"""Live updates: a small process of its own that tells open pages, by server-sent events, that something has changed.

It says which topics (the contexts whose events a workspace may hear of), never what; the page then reads its parts
again through its own door. One process (project/asgi.py) serves thousands of idle pages. It follows the event log
with one statement each half second, and asks as often as every few seconds, in one statement for all, whose sessions
have ended.
"""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.models import Session
from django.db import DatabaseError, InterfaceError, close_old_connections
from django.http import HttpRequest, parse_cookie
from django.http.request import split_domain_port, validate_host
from django.utils.module_loading import import_string

from trivium.core import following
from trivium.core.events import known_events
from trivium.core.following import Place
from trivium.core.time import now
from trivium.parties import queries as parties
from trivium.project.streams import Listener, Stream, Streams

EVERY_S, CHECKED_EVERY_S, HEARTBEAT_S = 0.5, 5.0, 20.0
MOST, MOST_EACH = 10_000, 20
ON_THE_WAY = 200  # events that a process which starts may find committed late
T = TypeVar("T")
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
log = logging.getLogger("trivium.live")


class Live:
    """The ASGI application and what it does on the side."""

    def __init__(self, site_port: str = "") -> None:
        self.site_port = site_port
        self.streams = Streams()
        self.place: Place | None = None
        self.is_stopping = False
        self.threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="database")
        self.topics = {name: event.__module__.split(".")[1] for name, event in known_events().items()}

    # -- answering -------------------------------------------------------------------------------------------------

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer a request: a stream, or why there is none. A page that gets none asks by itself now and then."""
        if scope["type"] != "http":
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        origin = headers.get("origin", "")
        if scope["method"] != "GET" or not scope["path"].endswith("/live/"):
            return await _refuse(send, 404)
        if not _is_ours(headers.get("host", ""), origin, self.site_port):
            return await _refuse(send, 403)
        allowed = [(b"access-control-allow-origin", origin.encode()), (b"access-control-allow-credentials", b"true"),
                   (b"vary", b"Origin")] if origin else []  # fmt: skip
        try:
            listener = await self.ask(lambda: find_listener(headers.get("cookie", "")))
        except (DatabaseError, InterfaceError):
            return await _refuse(send, 503, allowed)
        if listener is None:
            return await _refuse(send, 403, allowed)
        if self.is_stopping or self.streams.count >= MOST or self.streams.of_person[listener.user_id] >= MOST_EACH:
            return await _refuse(send, 503, allowed)
        stream = self.streams.enter(listener, _since(scope, headers))
        try:
            await _run(stream, receive, send, allowed)
        finally:
            self.streams.leave(stream)

    async def ask(self, question: Callable[[], T]) -> T:
        """Ask the database, in one of two threads with a connection each, however many pages are open."""

        def run() -> T:
            close_old_connections()
            try:
                return question()
            finally:
                close_old_connections()

        return await asyncio.get_running_loop().run_in_executor(self.threads, run)

    # -- on the side -----------------------------------------------------------------------------------------------

    async def follow(self) -> None:
        """Hear of what happens, and tell it; for ever. While the database is away, nothing is told and nothing lost."""
        while not self.is_stopping:
            try:
                heard = await self.ask(self._hear)
                self.streams.hear(_moment(), heard)
            except (DatabaseError, InterfaceError) as failure:
                log.warning("The event log cannot be read: %s", failure)
                await asyncio.sleep(1)
            await asyncio.sleep(EVERY_S)

    def _hear(self) -> list[tuple[str, str]]:
        if self.place is None:
            self.place = following.newest(back=ON_THE_WAY)
        heard, self.place = following.read_on(self.place, time.monotonic())
        return [(self.topics.get(each.name, ""), each.audience) for each in heard]

    async def watch(self) -> None:
        """End the streams of sessions that have ended and of people who have lost the workspace; for ever."""
        while not self.is_stopping:
            await asyncio.sleep(CHECKED_EVERY_S)
            streams = self.streams.everybody()
            if not streams:
                continue
            listeners = {stream.listener for stream in streams}
            try:
                ended = await self.ask(partial(ended_sessions, listeners))
            except (DatabaseError, InterfaceError) as failure:
                log.warning("Sessions cannot be checked: %s", failure)
                continue
            for stream in streams:
                if stream.listener.session_key in ended:
                    stream.end()

    def stop(self) -> None:
        """Let every stream end, so that the server can."""
        self.is_stopping = True
        for stream in self.streams.everybody():
            stream.end()


def _moment() -> int:
    return int(now().timestamp() * 1000)


async def _refuse(send: Send, status: int, headers: Any = ()) -> None:
    headers = [*headers, (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def _run(stream: Stream, receive: Receive, send: Send, headers: Any) -> None:
    """Tell what there is to tell until the browser or the session is gone."""
    kind = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store"),
            (b"x-accel-buffering", b"no"), *headers]  # fmt: skip
    await send({"type": "http.response.start", "status": 200, "headers": kind})
    await _say(send, f"retry: {random.randint(2_000, 6_000)}\n: open\n\n")
    gone = asyncio.ensure_future(_until_gone(receive))
    try:
        while not gone.done() and not stream.is_over:
            woken = asyncio.ensure_future(stream.woken.wait())
            await asyncio.wait({gone, woken}, timeout=HEARTBEAT_S, return_when=asyncio.FIRST_COMPLETED)
            woken.cancel()
            if gone.done() or stream.is_over:
                break
            topics = stream.take()
            news = f"id: {_moment()}\nevent: changed\ndata: {' '.join(topics)}\n\n"
            await _say(send, news if topics else ": still here\n\n")
    finally:
        gone.cancel()
    if stream.is_over:
        await send({"type": "http.response.body", "body": b""})


async def _say(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _since(scope: Mapping[str, Any], headers: Mapping[str, str]) -> int:
    """When the page was made, or last told; a page that does not say is told that everything has changed."""
    asked = parse_qs(scope["query_string"].decode("latin-1")).get("since", [""])[0]
    given = headers.get("last-event-id") or asked
    return int(given) if given.isascii() and given.isdigit() and len(given) < 16 else 0


def _is_ours(host: str, origin: str, site_port: str) -> bool:
    """Whether it comes to a name of this site and from one of its pages: the same address, or the site's own port."""
    name, _port = split_domain_port(host)
    if not name or not validate_host(name, settings.ALLOWED_HOSTS or (["localhost", "127.0.0.1", "[::1]"])):
        return False
    if not origin or origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    place = urlsplit(origin).netloc.lower()
    return place == host.lower() or (bool(site_port) and place == f"{name}:{site_port}")


def find_listener(cookies: str) -> Listener | None:
    """Who comes with these cookies, found as pages find it."""
    from trivium.web.shared.workspace import find_actor

    request = HttpRequest()
    request.COOKIES = parse_cookie(cookies)
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    request.session = import_string(f"{settings.SESSION_ENGINE}.SessionStore")(key)
    request.user = get_user(request)
    actor, person = find_actor(request), request.user
    if actor is None or not actor.user_id or not actor.organization_id or not request.session.session_key:
        return None
    stamp = parties.stamp_of(getattr(person, "password", ""))
    where = (actor.organization_id, actor.organization_ref, actor.role)
    return Listener(request.session.session_key, actor.user_id, stamp, *where)


def ended_sessions(listeners: Collection[Listener]) -> set[str]:
    """The keys of sessions that have ended, or whose person may no longer work there. Two statements for all."""
    keys = {each.session_key for each in listeners}
    living = Session.objects.filter(session_key__in=keys, expire_date__gt=now()).values_list("session_key", flat=True)
    places = {(each.user_id, each.organization_id, each.role) for each in listeners}
    stamps = parties.stamps_of(places)
    gone = {
        each.session_key for each in listeners
        if stamps.get((each.user_id, each.organization_id, each.role)) != each.stamp
    }  # fmt: skip
    return (keys - set(living)) | gone
