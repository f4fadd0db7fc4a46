"""Logs: one line an event, in two forms, and nobody in them."""

import io
import json
import logging

import pytest
import structlog
from django.conf import settings as configured
from django.db import DataError, IntegrityError, connection, transaction
from structlog.testing import capture_logs

from config.logs import configure
from contacts.exporting import write_enriched
from contacts.importing.service import create_import, start
from contacts.importing.work import run_import
from contacts.models import Contact
from dashboards.contact.cards import seen_mark
from integrations.accounts import secret_box
from integrations.models import Account
from tests.dashboards.contact.conftest import address
from tests.enrichment.conftest import (  # noqa: F401 - fixtures
    approved,
    line_type_recipe,
    runtime,
    sandbox,
    sandbox_process,
)

NUMBER, EMAIL, NAME, SECRET = (
    "+14155550143",
    "ann.ravenscroft@example.test",
    "Ann Ravenscroft",
    "sk-0123456789abcdef0123",
)
NOBODY = (NUMBER, "4155550143", "(415) 555-0143", "ann.ravenscroft", "Ravenscroft", "Winterbourne",
          SECRET)  # fmt: skip


@pytest.fixture
def written():
    """What is written at DEBUG, in the form of production."""
    configure({"level": "DEBUG", "is_json": True})
    stream = io.StringIO()
    (handler,) = [one for one in logging.getLogger().handlers if type(one) is logging.StreamHandler]
    handler.setStream(stream)
    yield stream
    configure(configured.LOGGING)


def test_what_is_set_up_anew_holds_for_loggers_in_use(written):
    log = structlog.get_logger("ours")
    log.info("first")
    configure({"level": "DEBUG", "is_json": True})

    with capture_logs() as logs:
        log.info("second")

    assert logs == [{"event": "second", "log_level": "info"}]


def lines(stream):
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_of_ours_and_a_librarys_look_the_same(written):
    with structlog.contextvars.bound_contextvars(correlation_id="click-1234"):
        structlog.get_logger("ours").info("it_happened", count=3)
        logging.getLogger("theirs").warning("it happened to %s", NUMBER)

    ours, theirs = lines(written)
    assert (ours["event"], ours["count"], ours["level"]) == ("it_happened", 3, "info")
    assert theirs["event"] == "it happened to +1415•••••43"
    assert ours["correlation_id"] == theirs["correlation_id"] == "click-1234"
    assert ours["timestamp"] and (ours["logger"], theirs["logger"]) == ("ours", "theirs")


def test_an_exception_is_one_line_without_secrets(written):
    try:
        raise ValueError(f"password={SECRET} of {EMAIL}")
    except ValueError:
        structlog.get_logger("ours").exception("it_failed")
        logging.getLogger("theirs").exception("it failed")

    ours, theirs = lines(written)
    assert "ValueError: password=[secret] of a•••@example.test" in ours["exception"]
    assert "Traceback" in ours["exception"] and "Traceback" in theirs["exception"]


def test_the_web_servers_own_lines_go_the_same_way(written):
    server = logging.getLogger("gunicorn.error")
    server.addHandler(logging.StreamHandler(written))
    server.propagate = False
    configure({"level": "DEBUG", "is_json": True})
    logging.getLogger().handlers[-1].setStream(written)

    server.error("Error handling request %s", f"/admin/contacts/contact/?q={NUMBER}")

    (line,) = lines(written)
    assert line["event"].endswith("?q=+1415•••••43")


def test_development_reads_lines(written):
    configure({"level": "INFO", "is_json": False})
    logging.getLogger().handlers[-1].setStream(written)

    structlog.get_logger("ours").info("it_happened", count=3)
    structlog.get_logger("ours").debug("nobody_asked")

    (line,) = written.getvalue().splitlines()
    assert "[info     ] it_happened" in line and "count=3" in line


@pytest.mark.django_db
@pytest.mark.parametrize("refusal", [
    "INSERT INTO contacts_contact (phone_raw, phone_e164, full_name) VALUES ('x', '1', %s)",
    "SELECT 1 / length(substr(%s, 1, 0))",
])  # fmt: skip
def test_a_row_that_the_database_refuses_is_not_repeated(written, refusal):
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(refusal, [NAME])
    except (IntegrityError, DataError):
        structlog.get_logger("ours").exception("refused")

    (line,) = [one for one in lines(written) if one["event"] == "refused"]
    assert "Ravenscroft" not in json.dumps(line)


def test_nobody_is_in_the_logs_of_a_whole_day(
    written, admin_client, runtime, line_type_recipe, settings, tmp_path  # noqa: F811
):  # fmt: skip
    """Import, enrich, look, search, edit, export, and an account's secret, at DEBUG."""
    settings.UPLOADS = tmp_path / "uploads"
    settings.UPLOADS.mkdir()
    sealed = secret_box().seal({"account_sid": "AC" + "0" * 32, "auth_token": SECRET})
    Account.objects.filter(provider="twilio").update(secrets=sealed)
    source = tmp_path / "people.csv"
    source.write_text(
        "Phone,Name,Company,Email\n"
        f"(415) 555-0143,{NAME},Winterbourne,{EMAIL}\n12,{NAME},Winterbourne,{EMAIL}\n"
    )

    record = create_import(source)
    start(record, ring=False)
    record = run_import(record.pk)
    approved(line_type_recipe)
    runtime.work(5)
    held = Contact.objects.get()
    for page in ("/admin/", "/admin/contacts/contact/", f"/admin/contacts/contact/?q={NAME}",
                 f"/admin/contacts/contact/?q={NUMBER}", address("page", held),
                 f"/admin/contacts/import/{record.pk}/change/", f"/nowhere/{NUMBER}"):  # fmt: skip
        admin_client.get(page)
    form = {"value": NAME[::-1], "seen": seen_mark(held, "full_name")}
    admin_client.post(address("edit", held, "full_name"), form)
    admin_client.post(address("edit", held, "email"), {"value": EMAIL, "seen": "stale"})
    write_enriched(record, tmp_path / "out.csv", ["line_type", "company"])

    said = written.getvalue()
    assert {one["event"] for one in lines(written)} >= {"provider_called"}
    assert [one for one in (*NOBODY, NAME[::-1]) if one in said] == []
