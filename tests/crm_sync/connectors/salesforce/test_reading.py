"""What has changed at Salesforce is told, and nothing of it is skipped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crm_sync.connector import CONTACT
from crm_sync.connectors.salesforce import SALESFORCE
from integrations.errors import QuestionRejected
from tests.crm_sync.connectors.salesforce.conftest import person


def now_ms():
    return int(datetime.now(UTC).timestamp() * 1000)


def text(at):
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def test_more_of_one_second_than_a_page_holds_are_all_told_once(org):
    org.control(stand_at_ms=now_ms())
    made = org.write(*(person(n) for n in range(2_500)))
    found, _ = org.pull({})

    assert len(found) == 2_500
    assert {one.id for one in found} == {one.remote_id for one in made.values()}


def test_the_same_page_comes_again_after_a_crash(org):
    org.control(stand_at_ms=now_ms())
    org.write(*(person(n) for n in range(1_200)))

    async def work(api):
        first = await SALESFORCE.changed(api, CONTACT, {}, ["Email"])
        again = [await SALESFORCE.changed(api, CONTACT, first.cursor, ["Email"]) for _ in range(2)]
        return first, again

    first, again = org.run(work)

    assert (len(first.records), first.has_more) == (1_000, True)
    assert [(len(page.records), page.has_more) for page in again] == [(200, False)] * 2
    assert again[0].records == again[1].records


def test_short_pages_of_large_records_are_gone_through(org):
    org.write(*(person(n) for n in range(25)))
    org.control(page=7)
    found, _ = org.pull({})

    assert len(found) == len({one.id for one in found}) == 25


def test_an_edit_while_pages_are_read_is_told(org):
    made = list(org.write(*(person(n) for n in range(1_100))).values())

    async def work(api):
        page = await SALESFORCE.changed(api, CONTACT, {}, ["Email"])
        return page.cursor

    cursor = org.run(work)
    org.control(skew_s=2)
    org.control(edit=["Contact", made[0].remote_id, {"Email": "late@example.test"}])
    found, _ = org.pull(cursor)

    assert len(found) == 101
    assert [one.values["Email"] for one in found if one.id == made[0].remote_id] == [
        "late@example.test"
    ]


def test_what_a_long_transaction_shows_late_is_not_skipped(org):
    org.write(person(1))
    org.control(lags_s=3_600)
    _, cursor = org.pull({})
    org.control(stand_at_ms=now_ms() - 1_800_000)
    late = org.control(create=["Contact", {"LastName": "Late"}])["id"]
    org.control(stand_at_ms=None)
    found, _ = org.pull(cursor)

    assert late in {one.id for one in found}


def test_a_transaction_of_salesforces_own_holds_back_half_a_day_at_most(org):
    org.control(lags_s=3 * 86_400)
    _, cursor = org.pull({})

    back = datetime.now(UTC) - datetime.fromisoformat(cursor["since"])
    assert timedelta(hours=11, minutes=59) < back < timedelta(hours=12, minutes=1)


def test_nothing_new_is_nothing(org):
    org.control(stand_at_ms=now_ms() - 300_000)
    org.write(*(person(n) for n in range(5)))
    org.control(stand_at_ms=None)
    _, cursor = org.pull({})
    found, later = org.pull(cursor)

    assert found == []
    assert later.keys() == {"since"}
    assert later["since"] >= cursor["since"]


def test_what_was_deleted_before_the_first_time_is_not_told(org):
    made = list(org.write(*(person(n) for n in range(1_100))).values())
    for one in made[:3]:
        org.control(delete=["Contact", one.remote_id])
    found, _ = org.pull({})

    assert len(found) == 1_097
    assert not any(one.is_deleted for one in found)


def test_what_was_taken_out_of_the_recycle_bin_is_told(org):
    one = person()
    made = org.write(one)[one.key]
    org.control(stand_at_ms=now_ms() - 300_000)
    org.control(purge=["Contact", made.remote_id])
    org.control(stand_at_ms=None)
    found, _ = org.pull({"since": text(datetime.now(UTC) - timedelta(minutes=10))})

    assert [(each.id, each.is_deleted) for each in found] == [(made.remote_id, True)]


def test_more_deleted_than_are_told_at_once_are_all_told(org):
    made = list(org.write(*(person(n) for n in range(3))).values())
    for minutes, one in zip((9, 6, 3), made, strict=True):
        org.control(stand_at_ms=now_ms() - minutes * 60_000)
        org.control(purge=["Contact", one.remote_id])
    org.control(stand_at_ms=None, most_ids=1)
    found, _ = org.pull({"since": text(datetime.now(UTC) - timedelta(minutes=12))})

    assert {each.id for each in found} == {one.remote_id for one in made}
    assert all(each.is_deleted for each in found)


def test_a_pull_after_forty_days_asks_for_no_more_than_is_kept(org):
    org.write(person())
    found, _ = org.pull({"since": text(datetime.now(UTC) - timedelta(days=40))})

    assert len(found) == 1


def test_reads_more_than_a_page_and_leaves_out_what_is_gone(org):
    made = [one.remote_id for one in org.write(*(person(n) for n in range(1_050))).values()]
    org.control(delete=["Contact", made[0]])
    found = org.run(lambda api: SALESFORCE.read(api, CONTACT, made, ["Email", "AccountId"]))

    assert len(found) == 1_049
    assert found[0].values == {"Email": "p1@example.test", "AccountId": None}


def test_finds_by_many_values_in_questions_that_fit(org):
    org.write(*(person(n) for n in range(700)))
    by = [("Email", f"P{n}@example.test") for n in range(700)]
    found = org.run(lambda api: SALESFORCE.find(api, CONTACT, by, ["Email"]))

    assert [one.values["Email"] for one in found] == [f"p{n}@example.test" for n in range(200)]
    assert 3 <= org.asked("GET", "query") <= 10


def test_finds_nothing_by_nothing(org):
    org.write(person())

    assert org.run(lambda api: SALESFORCE.find(api, CONTACT, [("Email", "")], [])) == []
    assert org.asked("GET", "query") == 0


@pytest.mark.parametrize("name", ["Email FROM Contact --", "a'b", "", "1=1"])
def test_xr_72_what_is_no_name_is_never_asked(org, name):
    for work in (
        lambda api: SALESFORCE.find(api, CONTACT, [(name, "x")], []),
        lambda api: SALESFORCE.read(api, CONTACT, ["003000000000000AAA"], [name]),
        lambda api: SALESFORCE.changed(api, CONTACT, {}, [name]),
    ):
        with pytest.raises(QuestionRejected):
            org.run(work)

    assert org.asked("GET", "query") == 0
