"""Checks of what this room's files say, made with `check --deploy`."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register

from enrichment.leads.rules import current
from enrichment.leads.validating import problems


@register("leads", deploy=True)
def lead_rules_are_sound(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Say what is wrong with the rules of leads; trying them all takes a second."""
    hint = "Mend enrichment/leads/rules.toml, and give it a new version."
    return [Error(words, hint=hint, id="enrichment.E001") for words in problems(current())]
