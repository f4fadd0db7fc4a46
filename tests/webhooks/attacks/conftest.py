"""The web server of the Procfile over real HTTP, for who does not wish us well."""

import httpx2
import pytest
from django.conf import settings as office
from twilio.request_validator import RequestValidator

from integrations.models import Account
from integrations.services import ensure_accounts, set_secrets
from tests.webhooks.conftest import nothing_is_counted
from tests.webhooks.serving import SITE, Served, Wire
from webhooks import keys

STATUS = "/webhooks/twilio/sms-status"
TOKEN, OTHER = "t" * 32, "o" * 32
SENT = {"MessageSid": "SM" + "1" * 32, "MessageStatus": "sent", "To": "+14155550100"}
OURS = ("Traceback", "Error", "Exception", "psycopg", "django", "/work", "site-packages")


@pytest.fixture(scope="package")
def wire(django_db_setup, own_redis_database):
    return Wire()


@pytest.fixture(scope="package")
def server(wire):
    server = Served(wire, office.REDIS_URL)
    yield server
    server.stop()


@pytest.fixture
def served(server, transactional_db):
    """The web server, with two accounts at Twilio; it hears of other secrets within 5 s."""
    ensure_accounts()
    for slug, token in (("twilio", TOKEN), ("twilio_trust_hub", OTHER)):
        row = Account.objects.get(provider=slug)
        set_secrets(row, {"account_sid": "AC" + "1" * 32, "auth_token": token})
    nothing_is_counted()
    return server


@pytest.fixture
def http(served):
    limits = httpx2.Limits(max_connections=64)
    with httpx2.Client(base_url=served.url, trust_env=False, limits=limits, timeout=30) as client:
        yield client


@pytest.fixture
def key(transactional_db):
    return keys.create("shop", ["leads"], per_minute=100_000)[1]


def post(http, path=STATUS, token=TOKEN, form=SENT, url=""):
    signature = RequestValidator(token).compute_signature(url or SITE + path, form)
    return http.post(path, data=form, headers={"X-Twilio-Signature": signature})


def quiet(answer):
    """Tell whether an answer says nothing of our insides."""
    return not any(word in answer.text for word in OURS) and len(answer.text) < 200
