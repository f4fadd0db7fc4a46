"""Health and metrics: what they say in good and bad times, and to whom."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from contacts.models import Contact, Import, Worker
from dashboards.alerting.kinds import KINDS
from dashboards.models import AlertRule, Notice
from enrichment.models import Recipe, Run
from integrations.models import Account, LookupDay
from tests.dashboards.people import signed_in
from tests.dashboards.rows import uuid

HEALTH, READY, DETAILED, METRICS = "/health", "/health/ready", "/health/detailed", "/metrics"
TOKEN = "a-token-of-the-tests"

pytestmark = pytest.mark.usefixtures("no_circuits")


@pytest.fixture
def database_away(transactional_db, monkeypatch):
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")
    yield
    connection.close()
    monkeypatch.undo()


@pytest.fixture
def monitoring(client, settings):
    """A client that has the token."""
    settings.HEALTH_TOKEN = TOKEN
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"
    return client


def test_the_process_is_alive_whatever_else_is_not(client, redis_away):
    response = client.get(HEALTH)

    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_ready_when_all_is_well(client):
    response = client.get(READY)

    checks = {"database": {"status": "ok"}, "redis": {"status": "ok"}}
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "checks": checks}


@pytest.mark.django_db
def test_ready_without_redis_because_pages_live_on_the_database(client, redis_away):
    response = client.get(READY)

    assert response.status_code == 200
    assert response.json()["status"] == "warning"
    assert response.json()["checks"]["redis"] == {"status": "warning"}


def test_not_ready_without_the_database(client, database_away):
    response = client.get(READY)

    assert response.status_code == 503
    assert response.json()["checks"]["database"] == {"status": "error"}
    assert client.get(HEALTH).status_code == 200


@pytest.mark.django_db
def test_not_ready_while_a_migration_is_missing(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'dashboards'")

    assert client.get(READY).status_code == 503


def test_detail_without_the_database_still_answers_to_the_token(monitoring, database_away):
    response = monitoring.get(DETAILED)

    assert response.status_code == 503
    assert "cannot be used" in response.json()["checks"]["database"]["problem"]


@pytest.mark.django_db
def test_detail_names_what_is_not_well(monitoring):
    recipe = Recipe.objects.create(slug="r", name="R")
    Run.objects.create(recipe=recipe, state="working", total_count=5, done_count=2)

    told = monitoring.get(DETAILED).json()

    assert told["status"] == "warning" and told["is_sandbox"] is True
    assert told["checks"]["workers"] == {"status": "warning", "alive": 0}
    assert told["checks"]["queues"] == {"status": "ok", "waiting": 3, "oldest_s": 0.0}
    assert told["checks"]["circuits"] == {"status": "ok", "open": {}}
    assert told["checks"]["beat"] == {"status": "warning", "age_s": None}
    assert told["checks"]["alerts"] == {"status": "ok", "standing": []}


@pytest.mark.django_db
def test_a_silent_scheduler_is_seen_by_whoever_asks_the_web_process(monitoring):
    """Beat cannot tell that beat is silent, and with it silent no worker looks."""
    every = IntervalSchedule.objects.create(every=10, period="seconds")
    PeriodicTask.objects.create(name="a", task="a", interval=every,
                                last_run_at=timezone.now() - timedelta(minutes=5))  # fmt: skip

    told = monitoring.get(DETAILED).json()

    assert told["checks"]["beat"] == {"status": "warning", "age_s": pytest.approx(330, abs=30)}
    assert told["checks"]["alerts"] == {"status": "warning", "standing": ["beat_silent"]}
    assert 'switchboard_alerts{kind="beat_silent"} 1.0' in monitored(monitoring)
    assert Notice.objects.count() == 0


@pytest.mark.django_db
def test_redis_away_is_raised_by_the_web_process_too(monitoring, redis_away):
    AlertRule.objects.create(kind="redis", threshold=1, clears_at=0, for_s=0, quiet_s=0)

    told = monitoring.get(DETAILED).json()

    assert told["checks"]["alerts"]["standing"] == ["redis"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", [DETAILED, METRICS])
def test_detail_and_metrics_are_for_operators(client, settings, address):
    settings.HEALTH_TOKEN = TOKEN
    anonymous = client.get(address)

    assert (anonymous.status_code, anonymous["WWW-Authenticate"]) == (401, "Bearer")
    assert signed_in().get(address).status_code == 403
    assert signed_in("dashboards.view_health").get(address).status_code == 200
    for wrong in ("", "Bearer", "Bearer x", f"Bearer {TOKEN}x", "Bearer ü"):
        assert client.get(address, HTTP_AUTHORIZATION=wrong).status_code == 401


@pytest.mark.django_db
@pytest.mark.parametrize("given", ["", "Bearer", "Bearer "])
def test_no_token_set_opens_to_no_token(client, settings, given):
    settings.HEALTH_TOKEN = ""

    assert client.get(METRICS, HTTP_AUTHORIZATION=given).status_code == 401


@pytest.mark.django_db
def test_metrics_are_those_of_the_pages(monitoring):
    Contact.objects.create(phone_raw="x", phone_e164="+14155550100")
    Run.objects.create(recipe=Recipe.objects.create(slug="r", name="R"), state="working",
                       total_count=5, done_count=2)  # fmt: skip
    Import.objects.create(name="a", path="x", created_count=7, rejected_count=2)
    Worker.objects.create(id=uuid(1), name="w")
    account = Account.objects.create(provider="twilio")
    LookupDay.objects.create(account_id=account.pk, lookup="twilio.line_type", is_sandbox=True,
                             day=timezone.now().date(), asked=9, hits=8, errors=1,
                             spent_usd=Decimal("0.25"))  # fmt: skip

    figures = dict(re.findall(r"^switchboard_(\S+) (\S+)$", monitored(monitoring), re.MULTILINE))

    assert figures == {
        'contacts{status="pending"}': "1.0",
        'runs{state="working"}': "1.0",
        'run_items{state="claimed"}': "0.0",
        'run_items{state="dead"}': "0.0",
        'run_items{state="waiting"}': "3.0",
        "oldest_waiting_seconds": "0.0",
        'lookups_asked_today{lookup="twilio.line_type"}': "9.0",
        'lookups_hits_today{lookup="twilio.line_type"}': "8.0",
        'lookups_errors_today{lookup="twilio.line_type"}': "1.0",
        'spent_usd_today{lookup="twilio.line_type"}': "0.25",
        "workers_alive": "1.0",
        "circuits_open": "0.0",
        "redis_up": "1.0",
        'import_rows{outcome="created"}': "7.0",
        'import_rows{outcome="updated"}': "0.0",
        'import_rows{outcome="repeated"}': "0.0",
        'import_rows{outcome="skipped"}': "0.0",
        'import_rows{outcome="rejected"}': "2.0",
        **{f'alerts{{kind="{kind}"}}': "0.0" for kind in KINDS},
    }


@pytest.mark.django_db
def test_ar_15_metrics_say_that_redis_is_away(monitoring, redis_away):
    assert "switchboard_redis_up 0.0" in monitored(monitoring)


def monitored(client):
    response = client.get(METRICS)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain")
    return response.content.decode()
