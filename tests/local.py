"""Services on ports of this machine: each answers as its company publishes."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class Local:
    """A server; `answer(method, path, given, headers)` returns (status, what it says)."""

    def __init__(self, answer):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                parts = urlsplit(self.path)
                self._say("GET", parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()})

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                if "json" in self.headers.get("Content-Type", ""):
                    given = json.loads(body)
                else:
                    given = {name: values[0] for name, values in parse_qs(body).items()}
                self._say("POST", urlsplit(self.path).path, given)

            def _say(self, method, path, given):
                status, said = answer(method, path, given, self.headers)
                body = json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
