"""A token server of our own on loopback, a real process: it gives tokens, counts, and misbehaves.

`python -m tests.crm_sync.signing_in.played` prints its address; POST /_set changes `Played`'s
fields, GET /_told tells what was asked.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from base64 import b64decode
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2

ROOT = Path(__file__).parents[3]


class Played:
    """`fails` are [status, body] answers that come first; `drops` answers are done and lost.

    While it is `held`, what was asked is done and its answer waits.
    """

    def __init__(self):
        self.lasts_s = 3599
        self.rotates = True
        self.delay_s = 0.0
        self.held = False
        self.same = False
        self.fails = []
        self.drops = 0
        self.device = "authorization_pending"
        self.interval = 5
        self.revoked = self.refuses = False
        self.extra = {}
        self.asked, self.made = [], 0
        self.good, self.refresh = set(), {"refresh-0"}
        self.lock = threading.Lock()

    def set(self, wanted):
        for name, value in wanted.items():
            if name == "expire":
                self.good.clear()
            elif name == "forget":
                self.__init__()
            elif name == "good":
                self.good.update(value)
            else:
                setattr(self, name, value)

    def told(self):
        return {"asked": self.asked, "made": self.made}

    def token(self, form):
        if self.fails:
            return self.fails.pop(0)
        grant = form["grant_type"]
        if grant.endswith("device_code") and self.device != "given":
            return 400, {"error": self.device, "error_description": "AADSTS70016: as it is"}
        if grant == "refresh_token":
            if self.revoked or form["refresh_token"] not in self.refresh:
                return 400, {"error": "invalid_grant", "error_description": "expired token"}
            if self.rotates:
                self.refresh.remove(form["refresh_token"])
        return 200, self.given(grant)

    def given(self, grant):
        if not (self.same and self.made):
            self.made += 1
        access = f"access-{self.made}"
        self.good.add(access)
        found = {"access_token": access, "token_type": "Bearer", **self.extra}
        if self.lasts_s:
            found["expires_in"] = self.lasts_s
        if "client_credentials" not in grant and "jwt" not in grant and self.rotates:
            self.refresh.add(f"refresh-{self.made}")
            found["refresh_token"] = f"refresh-{self.made}"
        return found


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    played = Played()

    def log_message(self, *_):
        pass

    def do_GET(self):
        path = urlsplit(self.path).path
        if path == "/_told":
            return self.answer(200, self.played.told())
        bearer = self.headers.get("Authorization", "").removeprefix("Bearer ")
        self.played.asked.append(["GET", path, {}])
        is_good = bearer in self.played.good and not self.played.refuses
        return self.answer(200 if is_good else 401, {"message": path, "bearer": bearer})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/_set":
            self.played.set(json.loads(body))
            return self.answer(200, {})
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        if basic := self.headers.get("Authorization", ""):
            form["basic"] = b64decode(basic.removeprefix("Basic ")).decode()
        return self.give(form)

    def give(self, form):
        played = self.played
        with played.lock:
            played.asked.append(["POST", self.path, form])
            if self.path.endswith("/devicecode"):
                status, said = 200, {**DEVICE, "interval": played.interval}
            else:
                status, said = played.token(form)
            is_lost = played.drops > 0
            played.drops -= is_lost
        time.sleep(played.delay_s)
        while played.held:
            time.sleep(0.01)
        if is_lost:
            self.close_connection = True
            self.connection.close()
            return None
        return self.answer(status, said)

    def answer(self, status, said):
        content = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


DEVICE = {
    "user_code": "ABCD-EFGH", "device_code": "device-1", "expires_in": 900,
    "verification_uri": "https://microsoft.com/devicelogin", "message": "To sign in, …",
}  # fmt: skip


class Server:
    """A running one, as a test sees it."""

    def __init__(self, url):
        self.url = url
        self.http = httpx2.Client(base_url=url, trust_env=False)

    def set(self, **wanted):
        self.http.post("/_set", json=wanted).raise_for_status()

    def told(self):
        return self.http.get("/_told").json()

    def tokens(self):
        """The forms of the requests for a token, in their order."""
        return [form for method, path, form in self.told()["asked"] if path.endswith("/token")]

    def until_asked(self):
        """Return once somebody has asked for a token."""
        give_up_at = time.monotonic() + 60
        while not self.tokens():
            assert time.monotonic() < give_up_at, "nobody asked"
            time.sleep(0.02)


@contextmanager
def token_server():
    """Start one, and end it."""
    process = subprocess.Popen(
        [sys.executable, "-m", __name__], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        server = Server(process.stdout.readline().strip())
        with server.http:
            yield server
    finally:
        process.kill()
        process.communicate()


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
