"""Sentry hears of errors in views, tasks and provider calls, and of nobody in them."""

import json
from types import SimpleNamespace

import pytest
import sentry_sdk
import structlog
from celery import Celery
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.test import RequestFactory, override_settings
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from sentry_sdk.transport import Transport

from config.sentry import report_errors
from integrations.accounts import secret_box
from integrations.models import Account, ApiCall
from tests.enrichment.conftest import (  # noqa: F401 - fixtures
    approved,
    contact,
    line_type_recipe,
    runtime,
    sandbox,
    sandbox_process,
)

GIVEN = "click-7f3a9c"
NUMBER, EMAIL, NAME, SECRET = (
    "+14155550100",
    "ann@example.test",
    "Ann Ravenscroft",
    "sk-0123456789abcdef0123",
)
ALL = (NUMBER, "4155550100", "5005550137", "ann@", "Ravenscroft", SECRET)


class Kept(Transport):
    """Keeps what would have been sent."""

    def __init__(self):
        super().__init__({})
        self.events = []

    def capture_envelope(self, envelope):
        self.events += [item.payload.json for item in envelope.items if item.payload.json]


@pytest.fixture
def kept():
    transport = Kept()
    report_errors("https://key@sentry.test/1", environment="test", transport=transport)
    yield transport.events
    sentry_sdk.init()


@csrf_exempt
def fail(request):
    raise ValueError(f"{NUMBER} of '{NAME}' <{EMAIL}> with {SECRET}")


def log_it(request):
    log = structlog.get_logger("tests.log_it")
    log.error("it_failed", first_name=NAME, phone=NUMBER, api_key=SECRET, count=3)
    return HttpResponse()


def fine(request, number):
    return HttpResponse()


urlpatterns = [path("fail", fail), path("log", log_it), path("fine/<number>", fine)]


def only_of(events):
    """The one event; nobody is in it."""
    (event,) = events
    text = json.dumps(event, ensure_ascii=False)
    assert [one for one in ALL if one in text] == []
    return SimpleNamespace(**event)


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.django_db(transaction=True)
def test_an_error_in_a_view(kept):
    headers = {"X-Request-ID": GIVEN, "X-Api-Key": SECRET, "Cookie": f"theme={SECRET}"}
    form = {"full_name": NAME, "email": EMAIL}
    asked = RequestFactory(headers=headers).post(f"/fail?q={NUMBER}", form)

    WSGIHandler()(asked.environ, lambda *answer: lambda body: None)

    event = only_of(kept)
    assert event.tags["correlation_id"] == GIVEN
    assert event.request == {"method": "POST", "url": "http://testserver/fail"}
    assert event.exception["values"][0]["type"] == "ValueError"
    assert not hasattr(event, "user")


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.django_db(transaction=True)
def test_what_is_timed_names_nobody_either(kept):
    report_errors("https://key@sentry.test/1", environment="test", traces_rate=1.0,
                  transport=(transport := Kept()))  # fmt: skip
    asked = RequestFactory(headers={"X-Request-ID": GIVEN, "X-Api-Key": SECRET})

    b"".join(WSGIHandler()(asked.get(f"/fine/{NUMBER}?q={NAME}").environ, lambda *answer: print))

    event = only_of([one for one in transport.events if one.get("type") == "transaction"])
    assert event.transaction == "/fine/{number}"
    assert event.tags["correlation_id"] == GIVEN
    assert kept == []


@override_settings(ROOT_URLCONF=__name__)
def test_an_error_that_we_log(kept, client):
    client.get("/log", headers={"X-Request-ID": GIVEN})

    event = only_of(kept)
    assert event.logentry["message"] == "it_failed"
    assert event.extra["count"] == 3
    assert event.tags["correlation_id"] == GIVEN


def test_an_error_in_a_task(kept):
    app = Celery("failing", set_as_current=False)
    given = {"switchboard_correlation_id": GIVEN}

    @app.task(name="failing.fail")
    def fail_at(number: str) -> None:
        fail(number)

    from celery.app.trace import build_tracer

    tracer = build_tracer(fail_at.name, fail_at, app=app)
    tracer("task-id", [NUMBER], {}, {"id": "task-id", "args": [NUMBER], **given})

    event = only_of(kept)
    assert event.transaction == "failing.fail"
    assert (event.tags["correlation_id"], event.tags["task"]) == (GIVEN, "failing.fail")


def test_an_error_in_a_provider_call(kept, runtime, line_type_recipe):  # noqa: F811
    """The provider answers in a shape that we do not know: +1 500 555 0137."""
    sealed = secret_box().seal({"account_sid": "AC" + "0" * 32, "auth_token": SECRET})
    Account.objects.filter(provider="twilio").update(secrets=sealed)
    contact("+15005550137", full_name=NAME, email=EMAIL)
    with structlog.contextvars.bound_contextvars(correlation_id=GIVEN):
        run = approved(line_type_recipe)

    runtime.work(5)

    event = only_of(kept)
    assert event.exception["values"][0]["type"] == "ContractBroken"
    assert event.extra["request_id"] == str(ApiCall.objects.get().pk)
    assert (event.tags["correlation_id"], event.tags["run"]) == (GIVEN, str(run.pk))
