"""What happens is told where somebody wants it, and stands or falls with the teller."""

import pytest
from django.db import transaction

from contacts import happenings
from contacts.models import Happening

IMPORT = happenings.IMPORT_FINISHED


def told():
    return list(Happening.objects.order_by("id").values_list("kind", "subject", "facts"))


@pytest.fixture
def wanted(db, monkeypatch):
    monkeypatch.setattr(happenings, "FRESH_S", 3600.0)  # a test may take longer than that
    happenings.want([IMPORT])
    yield
    happenings.forget()


def test_what_is_wanted_is_written_in_one_statement(wanted, django_assert_num_queries):
    happenings.is_wanted(IMPORT)

    with django_assert_num_queries(1):
        count = happenings.tell(IMPORT, [(7, {"a": "ü"}), (8, {})])

    assert count == 2
    assert told() == [(IMPORT, "7", {"a": "ü"}), (IMPORT, "8", {})]


def test_what_nobody_wants_costs_nothing(wanted, django_assert_num_queries):
    happenings.is_wanted(IMPORT)

    with django_assert_num_queries(0):
        count = happenings.tell(happenings.RUN_FINISHED, [(7, {})])

    assert (count, told()) == (0, [])


def test_who_was_told_wrongly_that_it_is_wanted_writes_nothing(wanted):
    happenings.is_wanted(IMPORT)
    happenings.Wish.objects.all().delete()

    assert (happenings.tell(IMPORT, [(7, {})]), told()) == (0, [])


def test_what_is_rolled_back_was_never_told(transactional_db, wanted):
    with transaction.atomic():
        happenings.tell(IMPORT, [(7, {})])
        transaction.set_rollback(True)

    assert told() == []


def test_an_import_that_ends_is_told_once(wanted, run, write):
    record = run(write(("+14155550100", "Ada", "", "", "")))

    assert told() == [(IMPORT, str(record.pk), {})]
