"""What answers and failures mean in our own words."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
import time_machine
from aiohttp.client_reqrep import ConnectionKey

import integrations
from integrations import errors
from integrations.classify import error_for, failure_for, retry_after_s
from tests.integrations.loopback import acme, call_to

ROOMS = ("integrations", "enrichment", "outreach", "crm_sync", "webhooks", "dashboards")
URL = "https://api.acme.test"
KEY = ConnectionKey("api.acme.test", 443, True, True, None, None, None)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, None),
        (204, None),
        (302, errors.ContractBroken),
        (400, errors.QuestionRejected),
        (401, errors.CredentialRejected),
        (402, errors.QuotaExhausted),
        (403, errors.CredentialRejected),
        (404, errors.NotFound),
        (408, errors.OutcomeUnknown),
        (409, errors.QuestionRejected),
        (410, errors.NotFound),
        (422, errors.QuestionRejected),
        (429, errors.Throttled),
        (500, errors.ServerFailed),
        (503, errors.ServerFailed),
        (599, errors.ServerFailed),
    ],
)
def test_status_means(status, expected):
    error = error_for(call_to(URL), status, {}, {})

    assert (type(error) if error else None) is expected


def test_message_names_the_lookup_and_the_code_is_kept():
    error = error_for(call_to(URL), 401, {}, {"code": 20003, "message": "Authenticate"})

    assert error is not None
    assert str(error) == "acme.find: The provider refuses the account's secret (HTTP 401)"
    assert (error.status, error.code) == (401, "20003")


def test_code_is_also_found_under_error():
    error = error_for(call_to(URL), 400, {}, {"error": {"code": "INVALID_ARGUMENT"}})

    assert error is not None
    assert error.code == "INVALID_ARGUMENT"


def test_providers_own_statuses_come_before_ours():
    provider = acme(errors={403: errors.Throttled, 202: errors.Throttled})

    found = [error_for(call_to(URL, provider), status, {}, {}) for status in (202, 403, 401)]

    expected = [errors.Throttled, errors.Throttled, errors.CredentialRejected]
    assert [type(error) for error in found] == expected


def test_provider_is_asked_first_even_about_a_200():
    def classify(status, body, headers):
        return errors.NotEntitled("not enabled") if body == {"success": False} else None

    provider = acme(classify=classify)

    refused = error_for(call_to(URL, provider), 200, {"retry-after": "7"}, {"success": False})

    assert type(refused) is errors.NotEntitled
    assert (refused.status, refused.retry_after_s) == (200, 7.0)
    assert error_for(call_to(URL, provider), 200, {}, {"success": True}) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("120", 120.0),
        ("1.5", 1.5),
        (" 3 ", 3.0),
        ("0", 0.0),
        ("-5", 0.0),
        ("Sun, 22 Nov 2026 10:00:30 GMT", 30.0),
        ("Sunday, 22-Nov-26 10:00:30 GMT", 30.0),
        ("Sun Nov 22 10:00:30 2026", 30.0),
        ("Sun, 22 Nov 2026 09:00:00 GMT", 0.0),
        ("999999", 86_400.0),
        ("Fri, 31 Dec 9999 23:59:59 -1200", 86_400.0),
        ("Sun, 22 Nov 2026 10:00:30 -9999999999999999", None),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("", None),
    ],
)
@time_machine.travel(datetime(2026, 11, 22, 10, 0, tzinfo=UTC), tick=False)
def test_ar_19_ar_53_retry_after_is_read_in_bounds(text, expected):
    assert retry_after_s({"retry-after": text}) == expected


def test_retry_after_is_absent():
    assert retry_after_s({}) is None


def test_ar_21_nobody_else_reads_retry_after():
    root = Path(integrations.__file__).parents[1]
    files = [file for room in ROOMS for file in (root / room).rglob("*.py")]
    reads = re.compile(r"""(get\(|\[|number\(|whole_of\(headers, )["']retry-after["']""", re.I)

    found = {str(file.relative_to(root)) for file in files if reads.search(file.read_text())}

    assert found == {"integrations/classify.py"}


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (aiohttp.ClientConnectorDNSError(KEY, OSError(-2, "unknown name")), "dns"),
        (aiohttp.ClientConnectorSSLError(KEY, OSError("wrong version")), "tls"),
        (aiohttp.ClientConnectorCertificateError(KEY, ValueError("expired")), "tls"),
        (aiohttp.ClientConnectorError(KEY, OSError(111, "refused")), "refused"),
        (aiohttp.ConnectionTimeoutError("connecting"), "slow"),
        (aiohttp.SocketTimeoutError("reading"), "slow"),
        (aiohttp.ServerDisconnectedError(), "cut"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else value,
)
def test_how_a_connection_failed_is_one_word(failure, code):
    assert failure_for(call_to(URL), failure).code == code
