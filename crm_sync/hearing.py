"""Hearing: what a connector makes of a CRM's answer, where the answer has a form nobody foresaw."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

import structlog

from crm_sync.connector import Connector
from integrations.errors import ContractBroken

log = structlog.get_logger(__name__)
T = TypeVar("T")

# What reading a value of another shape ends in.
FOREIGN = (AttributeError, IndexError, KeyError, TypeError, ValueError)


async def heard(of: Connector, asked: Awaitable[T]) -> T:
    """Return what a connector returns. Raises CallError, ContractBroken for a shape unforeseen."""
    try:
        return await asked
    except FOREIGN as mistake:
        log.exception("answer_not_read", crm=of.slug)
        raise ContractBroken(
            f"{of.label}: an answer of an unknown shape ({type(mistake).__name__})"
        ) from mistake
