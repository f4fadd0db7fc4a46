#!/usr/bin/env python
"""Run a management command, with the project's own servers up where it has to bring them."""

from __future__ import annotations

import os
import signal
import sys

# Commands that need no server, or bring their own.
WITHOUT_SERVERS = {"help", "version", "check", "collectstatic", "lock", "sandbox"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    # A SIGTERM unwinds like an exit, so that servers which we started are stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from config.embedded import ServiceFailed, running

    try:
        from django.conf import settings

        command = sys.argv[1] if len(sys.argv) > 1 else "help"
        needs = settings.NEEDS_POSTGRES or settings.NEEDS_REDIS
        if command in WITHOUT_SERVERS or not needs or {"--help", "-h"} & set(sys.argv):
            execute_from_command_line(sys.argv)
            return
        with running(settings.SERVICES):
            execute_from_command_line(sys.argv)
    except (ServiceFailed, ImproperlyConfigured) as failure:
        sys.exit(f"{failure}")
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
    except Exception as error:
        if said := _explained(error):
            sys.exit(said)
        raise


def _explained(error: BaseException) -> str | None:
    """Return one line when a server cannot be reached; needs Django set up."""
    from django.apps import apps

    if not apps.ready:
        return None
    from config.starting import explain

    return explain(error)


if __name__ == "__main__":
    main()
