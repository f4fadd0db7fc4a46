"""Do-not-contact lists: read whole or not at all, replaced in one moment, taken away again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError

from contacts.importing.table import FileRefused
from contacts.leases import register
from contacts.models import ListedNumber, RefusedLine, Suppression, SuppressionList
from contacts.suppression import Reason, lift, standing, suppress
from contacts.suppression import lists as listing
from contacts.suppression.loading import LISTS, run, sweep, work_lists
from contacts.suppression.queries import stale_lists

pytestmark = pytest.mark.django_db
ANN, BOB, CYD = "+14155550100", "+14155550101", "+14155550102"
TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path):
    settings.UPLOADS = tmp_path / "uploads"


@pytest.fixture
def bring(tmp_path):
    """Takes in a list of these lines, as a file."""

    def bring_list(*lines: str, name: str = "register.csv", **more) -> SuppressionList:
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n")
        return listing.take_in(path, name=name, as_of=more.pop("as_of", TODAY), **more)

    return bring_list


def counts(record: SuppressionList) -> tuple[str, int, int, int]:
    return record.state, record.number_count, record.repeated_count, record.refused_count


def of_lists(phone: str) -> list[tuple[str, date | None, bool]]:
    return [(s.list_name, s.as_of, s.is_stale) for s in standing([phone])[phone]]


@time_machine.travel("2026-11-24T12:00Z", tick=True)
def test_a_list_suppresses_its_numbers_under_its_name_and_day(bring, admin_user):
    record = bring("Phone", "(415) 555-0100", "415-555-0101", "4155550100", user=admin_user)

    assert counts(record) == ("standing", 2, 1, 0)
    assert of_lists(ANN) == [("register.csv", TODAY, False)]
    assert [s.reason for s in standing([ANN])[ANN]] == [Reason.LIST]
    assert of_lists(CYD) == []


def test_rubbish_is_told_line_by_line_and_stops_nothing(bring):
    lines = [f"(415) 555-0{n:03}" if n % 10 else f"rubbish {n}" for n in range(100)]

    record = bring("Phone", *lines)

    assert counts(record) == ("standing", 90, 0, 10)
    told = list(RefusedLine.objects.order_by("line").values_list("line", "text"))
    assert told == [(n + 2, f"rubbish {n}") for n in range(0, 100, 10)]
    text = "".join(listing.refused(record)).splitlines()
    assert text[:2] == ["line,text,reason", "2,rubbish 0,has letters: 'rubbish'"]
    assert len(text) == 11


def test_the_register_has_its_area_codes_in_a_column_of_their_own(bring):
    record = bring("415,5550100", "415,5550101")

    assert counts(record) == ("standing", 2, 0, 0)
    assert of_lists(BOB) != []


def test_a_paste_is_a_list_too():
    record = listing.take_in(f"{ANN}\n{BOB}", name="pasted", as_of=TODAY)

    assert counts(record) == ("standing", 2, 0, 0)


@pytest.mark.parametrize(
    ("lines", "why"),
    [((), "empty"), (("Name", "Ann", "Bob"), "no column holds phone numbers")],
)
def test_what_is_no_list_is_refused_and_nothing_is_kept(bring, settings, lines, why):
    with pytest.raises(FileRefused, match=why):
        bring(*lines)

    assert SuppressionList.objects.count() == 0
    assert list(settings.UPLOADS.iterdir()) == []


def test_the_same_file_twice_is_refused_but_may_replace_itself(bring):
    first = bring(ANN, BOB, as_of=TODAY - timedelta(days=40))

    with pytest.raises(FileRefused, match=r"the list “register\.csv” already"):
        bring(ANN, BOB)
    newer = bring(ANN, BOB, replaces=first)

    first.refresh_from_db()
    assert (first.state, newer.state) == ("replaced", "standing")
    assert of_lists(ANN) == [("register.csv", TODAY, newer.is_stale)]


def test_a_newer_issue_takes_the_place_of_the_older_in_one_moment(bring):
    old = bring(ANN, BOB)

    new = bring(BOB, CYD, name="newer.csv", replaces=old)

    assert counts(new) == ("standing", 2, 0, 0)
    assert [bool(of_lists(one)) for one in (ANN, BOB, CYD)] == [False, True, True]
    assert ListedNumber.objects.count() == 2
    with pytest.raises(listing.NotPossible, match="only a list that stands"):
        bring(CYD, replaces=old)


def test_a_second_person_who_replaces_it_meanwhile_is_told(bring):
    old = bring(ANN)
    waiting = SuppressionList.objects.create(name="x", as_of=TODAY, replaces=old)

    with pytest.raises(listing.NotPossible, match="somebody is replacing it already"):
        bring(BOB, replaces=old)
    listing.delete(waiting, None)

    assert bring(BOB, replaces=old).state == "standing"


def test_a_list_that_is_deleted_suppresses_nobody_and_is_remembered(bring, admin_user):
    suppress([ANN], Reason.OWN)
    record = bring(ANN, BOB, "rubbish")

    assert listing.delete(record, admin_user) == 2

    assert [s.reason for s in standing([ANN])[ANN]] == [Reason.OWN]
    assert not standing([BOB])
    assert (record.state, record.ended_by, record.number_count) == ("deleted", admin_user, 2)
    assert RefusedLine.objects.count() == ListedNumber.objects.count() == 0
    with pytest.raises(listing.NotPossible):
        listing.delete(record, admin_user)


def test_a_stale_list_is_said_to_be_stale_and_still_counts(bring):
    with time_machine.travel("2026-11-23T12:00Z"):
        record = bring(ANN, max_age_days=31)

    for day, is_stale in ((TODAY + timedelta(days=31), False), (TODAY + timedelta(32), True)):
        with time_machine.travel(f"{day}T12:00Z"):
            assert of_lists(ANN) == [("register.csv", TODAY, is_stale)]
            assert stale_lists() == ([record] if is_stale else [])
            assert record.is_stale == is_stale


def test_the_age_is_set_within_its_range(bring):
    record = bring(ANN)

    listing.set_age(record, 28)
    with pytest.raises(ValidationError):
        listing.set_age(record, 0)

    record.refresh_from_db()
    assert record.max_age_days == 28


def test_start_from_a_number_on_a_list_lifts_only_its_stop(bring):
    bring(ANN)
    suppress([ANN], Reason.STOP)

    assert lift(ANN, reasons=[Reason.STOP], why="START") == 1

    assert [s.reason for s in standing([ANN])[ANN]] == [Reason.LIST]


def test_a_person_takes_a_number_off_its_lists_with_a_reason(bring, admin_user):
    bring(ANN, BOB)

    assert lift(ANN, reasons=[Reason.LIST], why="signed form", by=admin_user) == 1

    assert not standing([ANN])
    assert standing([BOB])
    kept = Suppression.objects.get()
    assert (kept.phone_e164, kept.note, kept.lift_note) == (ANN, "register.csv", "signed form")


def test_a_long_list_waits_for_a_worker_and_counts_only_when_it_is_read(bring):
    lines = [f"+1415{n:07}" for n in range(2_000_000, 2_005_001)]

    record = bring("Phone", *lines)

    assert (record.state, bool(standing(lines[:1]))) == ("waiting", False)
    assert work_lists() == 1
    record.refresh_from_db()
    assert counts(record) == ("standing", 5001, 0, 0)
    assert standing(lines[:1])


def test_a_list_whose_worker_was_lost_is_read_from_its_beginning(bring):
    lines = [f"+1415{n:07}" for n in range(2_000_000, 2_005_001)]
    record = bring("Phone", *lines)
    lost = register()
    LISTS.claim(lost, 1)
    ListedNumber.objects.create(phone_e164=ANN, source=record)
    SuppressionList.objects.filter(pk=record.pk).update(read_line=10, number_count=1)

    sweep([lost])

    assert counts(run(record.pk)) == ("standing", 5001, 0, 0)
    assert not standing([ANN])


def test_a_list_that_turns_out_to_be_broken_suppresses_nobody(bring, settings):
    lines = [f"+1415{n:07}" for n in range(2_000_000, 2_005_001)]
    record = bring("Phone", *lines)
    (settings.UPLOADS / record.path).unlink()

    found = run(record.pk)

    assert (found.state, "there is no file" in found.error) == ("failed", True)
    assert ListedNumber.objects.count() == 0
