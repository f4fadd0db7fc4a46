"""One sandbox for all tests of this folder; each starts from the defaults."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integrations.sandbox.running import Running, running_sandbox


@pytest.fixture(scope="module")
def process() -> Iterator[Running]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def sandbox(process: Running) -> Running:
    process.fresh()
    return process
