"""More than 2,000 records go into jobs of the Bulk API, and come out of them once."""

from __future__ import annotations

from collections import Counter

import pytest

from crm_sync.connector import Write
from crm_sync.connectors.salesforce import SALESFORCE
from integrations.errors import CallError, QuotaExhausted, Throttled
from tests.crm_sync.connectors.salesforce.conftest import person, with_id


def outcomes(done):
    return Counter(one.outcome for one in done.values())


def test_above_two_thousand_it_is_one_job(org):
    done = org.write(*(person(n) for n in range(2_001)))

    assert outcomes(done) == {"created": 2_001}
    assert all(one.remote_id.startswith("003") for one in done.values())
    assert len(org.rows()) == 2_001
    assert (org.asked("POST", "jobs"), org.asked("PATCH", "composite")) == (1, 0)


def test_up_to_two_thousand_it_is_none(org):
    org.write(*(person(n) for n in range(2_000)))

    assert (org.asked("POST", "jobs"), org.asked("PATCH", "composite")) == (0, 10)


def test_known_and_new_ones_go_their_own_ways(org):
    known, new = [person(n) for n in range(5)], [person(n) for n in range(5, 8)]
    made = org.write(*known)
    later = [with_id(one, made[one.key].remote_id, Title="Countess") for one in known]
    done = org.write(*later, *new, bulk_above=0)

    assert outcomes(done) == {"updated": 5, "created": 3}
    assert Counter(row.get("Title") for row in org.rows().values()) == {"Countess": 5, None: 3}
    assert org.asked("POST", "jobs") == 2


def test_a_job_clears_what_is_none_and_leaves_what_is_not_named(org):
    one, other = person(1, Title="A", Department="B"), person(2, Title="C", Department="D")
    org.write(one, other)
    org.write(
        Write(one.key, {"LastName": "L", "Title": None}),
        Write(other.key, {"LastName": "L", "Department": ""}),
        bulk_above=0,
    )

    kept = sorted((row["Email"], row["Title"], row["Department"]) for row in org.rows().values())
    assert kept == [("p1@example.test", None, "B"), ("p2@example.test", "C", None)]


def test_what_a_job_cannot_say_goes_without_one(org):
    odd, other = person(1, Title="#N/A"), person(2, Title='a "b", c\nd')
    org.write(odd, other, bulk_above=0)

    assert sorted(row["Title"] for row in org.rows().values()) == ["#N/A", 'a "b", c\nd']
    assert (org.asked("POST", "jobs"), org.asked("PATCH", "composite")) == (1, 1)


def test_numbers_and_truths_arrive_as_such(org):
    org.write(person(1, Score__c=12.5, DoNotCall=True), bulk_above=0)

    (row,) = org.rows().values()
    assert (row["Score__c"], row["DoNotCall"]) == (12.5, True)


def test_a_job_that_lasts_is_looked_at_now_and_then(org):
    org.control(bulk_s=2)
    done = org.write(*(person(n) for n in range(3)), bulk_above=0)

    assert outcomes(done) == {"created": 3}
    assert 3 <= org.asked("GET", "jobs") <= 8


def test_what_a_broken_job_left_is_written_again(org):
    people = [person(n) for n in range(10)]
    org.control(bulk_breaks_after=3)
    first = org.write(*people, bulk_above=0)
    second = org.write(*people, bulk_above=0)

    assert outcomes(first) == {"created": 3, "again": 7}
    assert outcomes(second) == {"updated": 3, "created": 7}
    assert len(org.rows()) == 10


def test_a_field_that_is_not_there_refuses_the_job_with_its_name(org):
    done = org.write(*(person(n, Foo__c="x") for n in range(3)), bulk_above=0)

    assert outcomes(done) == {"rejected": 3}
    assert {one.field for one in done.values()} == {"Foo__c"}
    assert org.rows() == {}


def test_a_locked_row_is_written_again(org):
    org.control(locks=1)
    done = org.write(*(person(n) for n in range(3)), bulk_above=0)

    assert outcomes(done) == {"again": 1, "created": 2}
    assert {one.code for one in done.values()} == {"UNABLE_TO_LOCK_ROW", ""}


def test_large_records_go_into_jobs_whose_results_can_be_read(org):
    done = org.write(*(person(n, Description="x" * 30_000) for n in range(300)), bulk_above=0)

    assert outcomes(done) == {"created": 300}
    assert org.asked("POST", "jobs") == 2


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_lost_of_a_job_doubles_nothing(org, seed):
    people = [person(n) for n in range(30)]
    org.sandbox.set(rate_dropped=0.4, rate_5xx=0.1, seed=seed)
    for _ in range(40):
        try:
            done = org.write(*people, bulk_above=0)
        except CallError:
            continue
        if outcomes(done).keys() <= {"created", "updated"}:
            break
    org.sandbox.set(rate_dropped=0, rate_5xx=0)

    assert len({one.remote_id for one in done.values()}) == 30
    assert len(org.rows()) == 30


def test_a_doubtful_upload_is_left_behind_with_its_job(org):
    org.control(bulk_doubts=1)
    done = org.write(*(person(n) for n in range(3)), bulk_above=0)

    assert outcomes(done) == {"created": 3}
    assert (org.asked("POST", "jobs"), org.asked("PUT", "jobs")) == (2, 2)
    assert len(org.rows()) == 3


def test_a_second_upload_is_refused_so_that_nothing_runs_twice(org):
    async def work(api):
        job = {"object": "Contact", "operation": "insert", "contentType": "CSV", "lineEnding": "LF"}
        made = await api.ask("POST", "/services/data/v64.0/jobs/ingest", json=job)
        place = f"/services/data/v64.0/jobs/ingest/{made.body['id']}"
        for _ in range(2):
            await api.ask("PUT", f"{place}/batches", content=b"LastName\nTwin\n")
        return await api.ask("PATCH", place, json={"state": "UploadComplete"}, fine=(400,))

    answer = org.run(work)

    assert (answer.status, answer.body[0]["errorCode"]) == (400, "INVALIDJOB")
    assert org.rows() == {}


def test_a_batch_is_as_large_as_a_job():
    assert SALESFORCE.batch == {"company": 10_000, "contact": 10_000}


class Stopped:
    """A way to the org whose work is stopped as soon as it waits."""

    def __init__(self, api):
        self.options, self.key_fields, self.ask = api.options, api.key_fields, api.ask

    async def sleep(self, seconds):
        raise Throttled("the work is stopped")


def test_a_job_that_is_given_up_is_ended(org):
    org.control(bulk_s=60)

    with pytest.raises(Throttled):
        org.run(lambda api: SALESFORCE.write(Stopped(api), "contact", [person()]), bulk_above=0)

    assert org.asked("PATCH", "jobs") == 2


def test_a_job_is_not_begun_where_the_day_is_spent(org):
    org.control(limits={"daily": 1})
    with pytest.raises(QuotaExhausted):
        org.write(person(), bulk_above=0)

    assert org.rows() == {}
    assert org.asked("POST", "jobs") == 1
