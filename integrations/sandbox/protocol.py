"""Lets an ASGI application close the connection without an answer, which ASGI cannot say."""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

CLOSE = "sandbox.close"


class DroppingProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol with the transport's close() in the scope's extensions."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        extensions: dict[str, Any] = {CLOSE: self.transport.close}
        self.scope["extensions"] = extensions


async def drop(scope: Any, receive: Any) -> None:
    """Close the connection and wait until it is gone; uvicorn would answer 500 otherwise."""
    scope["extensions"][CLOSE]()
    while (await receive())["type"] != "http.disconnect":
        pass
