"""Starts the sandbox: python -m integrations.sandbox --port 8014 --latency-ms 100."""

from __future__ import annotations

import argparse
import os
import socket
import sys
from dataclasses import fields

import uvicorn

from integrations.sandbox.app import Sandbox
from integrations.sandbox.protocol import DroppingProtocol
from integrations.sandbox.settings import BadSetting, Settings, from_environment

KEEP_ALIVE_S = 75


class Server(uvicorn.Server):
    """uvicorn's server, which says in one line when and where it is ready."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            sys.stdout.write(f"sandbox ready on {self.address()}\n")
            sys.stdout.flush()

    def address(self) -> str:
        """Return where the server listens; the port is the real one when 0 was asked for."""
        if self.config.uds:
            return f"unix:{self.config.uds}"
        port = self.servers[0].sockets[0].getsockname()[1]
        return f"http://{self.config.host}:{port}"


def parser() -> argparse.ArgumentParser:
    """Return the command's options: where to listen, and every plain setting."""
    options = argparse.ArgumentParser(prog="python -m integrations.sandbox", description=__doc__)
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--port", type=int, default=8014, help="0 takes any free port")
    options.add_argument("--uds", help="listen on this Unix socket instead")
    for each in fields(Settings):
        if each.name != "lookup_latency_ms":
            options.add_argument("--" + each.name.replace("_", "-"), default=None)
    return options


def main() -> None:
    options = vars(parser().parse_args())
    where = {name: options.pop(name) for name in ("host", "port", "uds")}
    given = {name: value for name, value in options.items() if value is not None}
    try:
        settings = from_environment(os.environ).changed(given)
    except BadSetting as error:
        sys.exit(f"sandbox: {error}")
    config = uvicorn.Config(
        Sandbox(settings),
        **where,
        http=DroppingProtocol,
        ws="none",
        loop="uvloop",
        access_log=False,
        log_level="warning",
        server_header=False,
        date_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=1,
        backlog=4096,
    )
    Server(config).run()


if __name__ == "__main__":
    main()
