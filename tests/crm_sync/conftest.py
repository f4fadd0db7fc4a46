"""A token server for a folder's tests, fresh for each."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("tests.crm_sync.contract", "tests.crm_sync.sync_contract")

from tests.crm_sync.keys import begin_again  # noqa: E402
from tests.crm_sync.signing_in.played import token_server  # noqa: E402 - after the contracts


@pytest.fixture(autouse=True)
def keys_of_its_own():
    begin_again()


@pytest.fixture(scope="session")
def running_tokens():
    with token_server() as server:
        yield server


@pytest.fixture
def server(running_tokens, settings):
    running_tokens.set(forget=True)
    settings.SANDBOX, settings.SANDBOX_URL = True, running_tokens.url
    return running_tokens
