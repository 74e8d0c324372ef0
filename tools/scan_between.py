"""What stands between wapiti and the site: a proxy on this machine that lets nothing through but what is for the site.

Each form of ours is carried out once under its key, so a scanner that hands it in again and again, changed, would be
told so and never reach the act. Every form that passes gets a key of its own; and every answer is counted. The address
is also the one wapiti wants the site to call: whoever calls it without meaning a proxy is the site.
"""

import re
import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

KEY = re.compile(rb'((?:^|&)key=|name="key"\r\n(?:[^\r\n]+\r\n)*\r\n)(web_[0-9a-z]+)')
KEPT_BACK = {"connection", "proxy-connection", "content-length", "transfer-encoding", "content-encoding", "keep-alive"}


@dataclass
class Between:
    """The proxy's address, how the site answered, and what it called of its own accord."""

    address: str
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    called: list[str] = field(default_factory=list)


def with_new_key(body: bytes) -> bytes:
    """A form's body under a key that nobody has used; as long as before."""
    return KEY.sub(lambda found: found[1] + (b"web_" + uuid.uuid4().hex.encode() * 2)[: len(found[2])], body)


@contextmanager
def between(site: str) -> Iterator[Between]:
    """Let a scanner through to a site."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = with_new_key(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
            if not self.path.startswith(site):
                if self.path.startswith("/"):
                    found.called.append(self.path)
                return self.say(200, [("Content-Type", "application/json")], b"{}")
            headers = [(name, value) for name, value in self.headers.items() if name.lower() not in KEPT_BACK]
            try:
                answer = web.request(self.command, self.path, headers=headers, content=body)
            except (httpx.HTTPError, httpx.InvalidURL):
                found.answers[self.command, 504] += 1
                return self.say(504, [], b"")
            found.answers[self.command, answer.status_code] += 1
            kept = [(name, value) for name, value in answer.headers.multi_items() if name.lower() not in KEPT_BACK]
            self.say(answer.status_code, kept, b"" if self.command == "HEAD" else answer.content)

        do_POST = do_HEAD = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = do_TRACE = do_GET

        def say(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
            self.send_response_only(status)
            for name, value in [*headers, ("Content-Length", str(len(body))), ("Connection", "close")]:
                self.send_header(name, value)
            with suppress(ConnectionError):  # a scanner whose time is up does not wait for answers
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *args: object) -> None: ...

    class Server(ThreadingHTTPServer):
        request_queue_size = 128  # with the five of the library a scanner's burst is cut off before it is heard

    server = Server(("127.0.0.1", 0), Handler)
    found = Between(f"http://127.0.0.1:{server.server_port}/")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with httpx.Client(trust_env=False, timeout=60) as web:
        yield found
    server.shutdown()
