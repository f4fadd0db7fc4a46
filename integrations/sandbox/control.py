"""The sandbox's own endpoints: health, settings, counts, calls, reset."""

from __future__ import annotations

from typing import Protocol
from urllib.parse import parse_qs

import orjson

from integrations.sandbox.asgi import Receive, Scope, Send, read, respond, stream
from integrations.sandbox.record import Record
from integrations.sandbox.responder import Controlled, Responder
from integrations.sandbox.settings import BadSetting, Settings


class Whole(Protocol):
    """What the controls act on."""

    settings: Settings
    record: Record
    responders: dict[str, Responder]

    def reset(self) -> None: ...


class Control:
    """GET /_health, GET|POST /_control, its count, calls and reset, and providers' own below it."""

    def __init__(self, sandbox: Whole) -> None:
        self.sandbox = sandbox

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request for the sandbox itself."""
        match scope["method"], scope["path"]:
            case "GET", "/_health":
                await respond(send, 200, b'{"status":"ok"}')
            case "GET", "/_control":
                await self.settings(send)
            case "POST", "/_control":
                await self.change(await read(receive), send)
            case "GET", "/_control/count":
                await respond(send, 200, orjson.dumps(self.sandbox.record.count()))
            case "GET", "/_control/calls":
                await self.calls(scope["query_string"], send)
            case "POST", "/_control/reset":
                self.sandbox.reset()
                await respond(send, 200, b"{}")
            case method, path:
                await self.of(method, path.removeprefix("/_control/"), receive, send)

    async def of(self, method: str, slug: str, receive: Receive, send: Send) -> None:
        """Answer a request for one provider's own controls."""
        responder = self.sandbox.responders.get(slug)
        if not isinstance(responder, Controlled):
            await refuse(send, 404, "see docs/sandbox.md for the endpoints")
            return
        try:
            wanted = orjson.loads(await read(receive) or b"{}") if method == "POST" else None
            said = responder.told() if wanted is None else responder.control(wanted)
        except (orjson.JSONDecodeError, BadSetting, KeyError, TypeError) as error:
            await refuse(send, 400, f"{type(error).__name__}: {error}")
            return
        await respond(send, 200, orjson.dumps(said))

    async def settings(self, send: Send) -> None:
        await respond(send, 200, orjson.dumps(self.sandbox.settings.as_dict()))

    async def change(self, body: bytes, send: Send) -> None:
        """Replace the settings named in a JSON object; the others stay."""
        try:
            wanted = orjson.loads(body or b"{}")
            if not isinstance(wanted, dict):
                raise BadSetting("send a JSON object of settings")
            self.sandbox.settings = self.sandbox.settings.changed(wanted)
        except (orjson.JSONDecodeError, BadSetting) as error:
            await refuse(send, 400, str(error))
            return
        await self.settings(send)

    async def calls(self, query: bytes, send: Send) -> None:
        """Stream the calls numbered above ?after=, at most ?limit= of them."""
        given = parse_qs(query.decode())
        try:
            after = int(given.get("after", ["0"])[0])
            limit = int(given["limit"][0]) if "limit" in given else None
        except ValueError:
            await refuse(send, 400, "after and limit are whole numbers")
            return
        await stream(send, self.sandbox.record.lines(after, limit))


async def refuse(send: Send, status: int, why: str) -> None:
    """Send an error in the sandbox's own words."""
    await respond(send, status, orjson.dumps({"error": why}))
