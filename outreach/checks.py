"""System check of outreach: the file with the hours can be read."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register

from outreach.hours.rules import RulesBroken, rules

# The name is `config.checks.START`, which this room must not import.
START = "start"


@register(START)
def hours_can_be_read(app_configs: Any, **_: Any) -> list[CheckMessage]:
    try:
        rules()
    except RulesBroken as broken:
        return [
            Error(
                f"Nobody can be written to: {broken}.",
                hint="Mend the file that SWITCHBOARD_HOURS_FILE names, or unset it. Its form is"
                " that of outreach/hours/rules.json.",
                id="outreach.E001",
            )
        ]
    return []
