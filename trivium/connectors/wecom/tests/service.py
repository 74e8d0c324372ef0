"""WeCom's side, as developer.work.weixin.qq.com publishes it, on a port of this machine."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

CORP, AGENT, SECRET = "ww0123456789abcdef", "1000002", "app-secret"


class Service:
    """Members, codes that are good once, and what was asked."""

    def __init__(self):
        self.members, self.codes, self.asked = {}, {}, []
        self.token = "token-1"
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                parts = urlsplit(self.path)
                given = {name: values[0] for name, values in parse_qs(parts.query).items()}
                service.asked.append(parts.path)
                body = json.dumps(service.answer(parts.path, given)).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/cgi-bin"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, path, given):
        match path.removeprefix("/cgi-bin/"):
            case "gettoken":
                if (given.get("corpid"), given.get("corpsecret")) != (CORP, SECRET):
                    return {"errcode": 40001, "errmsg": "invalid credential"}
                return {"errcode": 0, "errmsg": "ok", "access_token": self.token, "expires_in": 7200}
            case "auth/getuserinfo":
                if given.get("access_token") != self.token:
                    return {"errcode": 40014, "errmsg": "invalid access_token"}
                who = self.codes.pop(given.get("code"), None)
                return {"errcode": 0, "errmsg": "ok", **who} if who else {"errcode": 40029, "errmsg": "invalid code"}
            case "user/get":
                member = self.members.get(given.get("userid"))
                return {"errcode": 0, "errmsg": "ok", **member} if member else {"errcode": 60111, "errmsg": "not found"}
        return {"errcode": -1, "errmsg": "system busy"}

    def hires(self, userid, name, status=1):
        self.members[userid] = {"userid": userid, "name": name, "department": [1], "status": status}

    def code_for(self, **who):
        code = f"code-{len(self.asked)}-{len(self.codes)}"
        self.codes[code] = who
        return code

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
