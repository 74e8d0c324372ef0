"""WeCom's side, as developer.work.weixin.qq.com publishes it, on a port of this machine."""

from tests.local import Local

CORP, AGENT, SECRET = "ww0123456789abcdef", "1000002", "app-secret"


class Service:
    """Members, codes that are good once, and what was asked."""

    def __init__(self):
        self.members, self.codes, self.asked = {}, {}, []
        self.token = "token-1"
        self.server = Local(self._say)
        self.url = f"{self.server.url}/cgi-bin"

    def _say(self, _method, path, given, _headers):
        self.asked.append(path)
        return 200, self.answer(path, given)

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
        self.server.stop()
