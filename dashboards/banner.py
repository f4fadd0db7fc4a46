"""What every back-office page says about the mode it is in."""

from __future__ import annotations

from django.http import HttpRequest

from integrations.accounts import is_sandbox


def environment(request: HttpRequest) -> list[str] | None:
    """Return the badge beside the title: in the sandbox nothing is bought and nothing is sent."""
    if is_sandbox():
        return ["Sandbox: nothing is bought, nothing is sent", "warning"]
    return None
