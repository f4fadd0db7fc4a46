"""Contacts that are enriched and runs that end are told, once each, by whatever ends them."""

import pytest

from contacts import happenings
from contacts.models import Contact, Happening
from enrichment import services, sweeping
from tests.enrichment.conftest import approved, contact, numbers, worked

KINDS = [happenings.CONTACT_ENRICHED, happenings.RUN_FINISHED]


def told():
    rows = Happening.objects.order_by("kind", "id").values_list("kind", "subject", "facts")
    return [(kind, int(subject), facts) for kind, subject, facts in rows]


@pytest.fixture
def wanted(transactional_db):
    happenings.want(KINDS)
    yield
    happenings.forget()


def test_the_engine_tells_of_contacts_and_of_the_run(wanted, runtime, line_type_recipe):
    people = [contact(number) for number in numbers(3)]
    run = approved(line_type_recipe)

    worked(runtime, run)

    done = Contact.objects.filter(status="completed").values_list("pk", flat=True)
    assert sorted(done) == sorted(one.pk for one in people)
    assert sorted(told()[:-1], key=str) == sorted(
        ((KINDS[0], pk, {"run": run.pk}) for pk in done), key=str
    )
    assert told()[-1] == (KINDS[1], run.pk, {})


def test_a_run_without_contacts_is_told_and_one_that_is_cancelled(wanted, line_type_recipe):
    empty = approved(line_type_recipe)
    contact()
    stopped = approved(line_type_recipe)
    services.cancel(stopped)
    services.cancel(services.create_run(line_type_recipe, {}))

    assert told() == [(KINDS[1], empty.pk, {}), (KINDS[1], stopped.pk, {})]


def test_a_run_whose_contacts_were_deleted_is_told_once(wanted, line_type_recipe):
    person = contact()
    run = approved(line_type_recipe)
    person.delete()

    sweeping._end_emptied_runs()
    sweeping._end_emptied_runs()

    assert told() == [(KINDS[1], run.pk, {})]
