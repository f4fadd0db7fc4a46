"""Several workers write of one company at a moment: nothing is lost, doubled or torn."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from contacts.models import Company, Contact
from tests.contacts.importing.test_crashes import database_url
from tests.enrichment.conftest import contact, numbers

ROOT = Path(__file__).parents[2]
AT = "2026-01-01T00:00:00+00:00"


class Writer:
    """A process of `tests.enrichment.company_writer`."""

    def __init__(self):
        environment = os.environ | {
            "DATABASE_URL": database_url(),
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        self.program = subprocess.Popen(
            [sys.executable, "-m", "tests.enrichment.company_writer"], cwd=ROOT, env=environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def write(self, contacts, facts, at, hold_s=0.0):
        order = {"contacts": contacts, "facts": facts, "at": at, "hold_s": hold_s}
        self.program.stdin.write(json.dumps(order) + "\n")
        self.program.stdin.flush()

    def wait(self):
        return self.program.stdout.readline().strip()

    def end(self):
        self.program.kill()
        self.program.communicate()


@pytest.fixture(scope="module")
def running(django_db_setup):
    """Those that live, which a test may end."""
    found = []
    yield found
    for one in found:
        one.end()


@pytest.fixture
def writers(transactional_db, running):
    """Three that wait for an order; each takes three seconds to start."""
    running[:] = [one for one in running if one.program.poll() is None]
    fresh = [Writer() for _ in range(3 - len(running))]
    running.extend(fresh)
    assert [one.wait() for one in fresh] == ["ready"] * len(fresh)
    return running


def fact(value, source="p.x", sure=0.8, at=AT):
    return (value, source, sure, at)


def people(count, **fields):
    return [contact(number, **fields).pk for number in numbers(count)]


def test_workers_that_make_one_company_make_it_once(writers):
    ids = people(30)
    named = {"company.domain": fact("acme.test"), "company.name": fact("Acme")}
    at = time.time() + 0.3

    for n, writer in enumerate(writers):
        writer.write(ids[n::3], named, at, hold_s=0.1)
    ended = [writer.wait() for writer in writers]

    firm = Company.objects.get()
    assert ended == ["ended"] * 3
    assert (firm.domain, firm.name, firm.name_key) == ("acme.test", "Acme", "acme")
    assert Contact.objects.filter(company=firm).count() == 30
    assert Contact.objects.first().provenance["company"]["by"] == "p.x"
    assert firm.provenance["domain"] == {"by": "p.x", "at": AT, "sure": 0.8}


def test_workers_that_write_one_company_lose_no_fact(writers):
    firm = Company.objects.create(domain="acme.test", name="Acme")
    ids = people(3, company=firm)
    facts = [
        {"company.industry": fact("Plumbing", "p.x", 0.6)},
        {"company.industry": fact("Roofing", "q.x", 0.9), "company.city": fact("Oslo", "q.x")},
        {"company.employee_count": fact(12, "r.x")},
    ]
    at = time.time() + 0.3

    for writer, id_, said in zip(writers, ids, facts, strict=True):
        writer.write([id_], said, at, hold_s=0.1)
    ended = [writer.wait() for writer in writers]

    firm.refresh_from_db()
    assert ended == ["ended"] * 3
    assert (firm.industry, firm.city, firm.employee_count) == ("Roofing", "Oslo", 12)
    assert firm.provenance["industry"]["also"] == [
        {"by": "p.x", "at": AT, "sure": 0.6, "v": "Plumbing"}
    ]
    assert firm.revision == 3


def test_a_worker_that_is_killed_leaves_nothing_half_written(writers):
    (id_,) = people(1)
    first, second, _ = writers
    named = {"company.domain": fact("acme.test")}

    first.write([id_], named, time.time(), hold_s=5.0)
    time.sleep(0.4)
    first.end()
    second.write([id_], named, time.time())

    assert second.wait() == "ended"
    assert (Company.objects.count(), Contact.objects.get().company.domain) == (1, "acme.test")


def test_a_domain_that_another_company_has_loses_nothing_else(writers):
    Company.objects.create(domain="acme.test", name="Acme Inc")
    firm = Company.objects.create(name="Acme West")
    ids = people(2, company=firm)
    said = {"company.domain": fact("acme.test"), "company.industry": fact("Plumbing")}

    writers[0].write(ids, said, time.time())

    assert writers[0].wait() == "ended"
    firm.refresh_from_db()
    assert (firm.domain, firm.industry) == (None, "Plumbing")


def test_a_name_that_another_company_has_loses_nothing_else(writers):
    Company.objects.create(name="Acme", name_key="acme")
    firm = Company.objects.create(name="West", name_key="west")
    said = {"company.name": fact("ACME Inc.", sure=0.95), "company.city": fact("Oslo")}

    writers[0].write(people(1, company=firm), said, time.time())

    assert writers[0].wait() == "ended"
    firm.refresh_from_db()
    assert (firm.name, firm.city) == ("West", "Oslo")
