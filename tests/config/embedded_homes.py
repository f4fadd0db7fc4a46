"""What the tests ask of embedded servers beyond their interface."""

import shutil
from pathlib import Path

from config.embedded import Services


def clear(home: Path) -> None:
    services = Services(home)
    services.stop()
    for folder in (services._layout.sockets, services._layout.elsewhere):
        shutil.rmtree(folder, ignore_errors=True)


def pids_of(services: Services) -> list[int | None]:
    return [services._postgres.pid(), services._redis.pid()]
