"""Starts Flower, closed to everybody who does not come through the back office.

It has a password that only holders of SECRET_KEY can know, and answers under /flower/, where
`dashboards.views.flower` hands its pages on to whoever is signed in and may see them.
"""

from __future__ import annotations

import os
import sys

import django


def main() -> None:
    django.setup()
    from celery.bin.celery import main as celery
    from django.conf import settings

    from dashboards.flower import PREFIX, password, user

    os.environ["FLOWER_BASIC_AUTH"] = f"{user()}:{password()}"  # not in the list of processes
    sys.argv = [
        "celery", "--quiet", "-A", "config", "flower",
        f"--address={settings.FLOWER_ADDRESS}",
        f"--port={settings.FLOWER_PORT}",
        f"--url-prefix={PREFIX}",
    ]  # fmt: skip
    celery()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    main()
