"""Caps, keys, pauses and repetitions: nothing is bought twice, found twice or counted twice."""

from decimal import Decimal

import pytest

from contacts.importing import undo
from contacts.models import Company, Contact, Import
from enrichment import sweeping
from enrichment.discovery import queries, service
from enrichment.models import DiscoveryFind
from integrations.models import Account
from tests.enrichment.discovery.conftest import MANY, YELP, calls, counts, made, worked


def taken_back(record):
    undo.undo(record, rings=False)
    return undo.run_undo(record.pk)


def contents():
    return sorted(Contact.objects.values_list("phone_e164", "company__domain", "postal_code"))


def test_what_was_found_before_is_free_and_repeated(discover):
    first = discover("94103")
    bought, spent = calls(), queries.spent_usd(first)

    second = discover("94103")

    assert calls() == bought
    assert spent > 0
    assert queries.spent_usd(second) == 0
    assert counts(second) == {
        "found": first.found_count, "repeated": first.found_count - first.closed_count
        - first.company_count, **_same(first),
    }  # fmt: skip
    assert second.estimate["max_usd"] == "0.000"


def _same(row):
    kept = {"closed": row.closed_count, "company": row.company_count}
    return {name: count for name, count in kept.items() if count}


def test_undone_import_then_again_makes_them_anew_for_nothing(discover, runtime):
    first = discover(MANY, searches=YELP)
    there, bought, companies = contents(), calls(), Company.objects.count()
    record = taken_back(first.record)
    assert (record.state, record.reversed_count) == ("undone", first.new_count)
    assert (Contact.objects.count(), Company.objects.count()) == (0, 0)

    row = service.again(first)
    service.approve(row, None)
    worked(row, runtime)

    assert (contents(), Company.objects.count(), calls()) == (there, companies, bought)
    assert counts(row) == counts(first)
    assert first.company_count > 0


def test_counts_add_up_by_place_and_by_search(discover):
    row = discover(MANY)

    places = list(row.places.all())
    assert {place.state for place in places} == {"done"}
    assert all(place.found_count == sum(place.fates.values()) for place in places)
    assert row.found_count == sum(place.found_count for place in places)
    assert row.found_count == sum(one["found_count"] for one in row.by_search.values())
    assert row.found_count == sum(row.fates.values()) == DiscoveryFind.objects.count()
    assert row.new_count == Contact.objects.count() == row.record.created_count
    assert sum(place.cost_usd for place in places) == queries.spent_usd(row)


def test_cap_in_the_middle_stops_it_and_a_higher_one_lets_it_go_on(discover, runtime):
    row = discover(MANY, searches=YELP, cap_usd=Decimal("0.10"))
    assert (row.state, row.blocked_by) == ("blocked", f"cap:discovery:{row.pk}")
    assert (queries.spent_usd(row), calls()) == (Decimal("0.10"), 10)
    assert Import.objects.count() == 0

    service.set_cap(row, Decimal(5))
    worked(row, runtime)

    assert row.state == "done"
    assert queries.spent_usd(row) == Decimal("0.01") * calls() <= Decimal(5)


def test_cancelled_one_imports_nothing_and_again_is_free(discover, runtime):
    row = discover(MANY, searches=YELP, cap_usd=Decimal("0.10"))

    service.cancel(row)
    new = service.again(row)

    assert worked(row, runtime).state == "cancelled"
    assert (Import.objects.count(), Contact.objects.count()) == (0, 0)
    assert new.estimate["free"] == 10


def test_run_that_was_wished_for_waits_for_its_own_approval(discover, line_type_recipe):
    row = discover("94103", recipe=line_type_recipe)

    assert (row.run.state, row.run.selection) == ("ready", {"import": row.record_id})
    assert row.run.estimate["contacts"] == row.new_count


def test_refused_key_of_one_search_leaves_it_to_the_next(discover, sandbox):
    Account.objects.filter(provider="yelp").update(state="rejected", state_reason="wrong key")

    row = discover("94103", searches=("yelp.search", "google_places.text"))

    (place,) = row.places.all()
    assert row.state == "done"
    assert "wrong key" in place.trace["yelp.search"]["why"]
    assert place.trace["google_places.text"]["found"] == row.found_count > 0


def test_refused_key_of_the_only_search_blocks_until_it_is_mended(discover, runtime):
    Account.objects.filter(provider="yelp").update(state="rejected", state_reason="wrong key")
    row = discover("94103", searches=YELP)
    assert (row.state, row.blocked_by) == ("blocked", "provider:yelp")

    Account.objects.filter(provider="yelp").update(state="ok")
    sweeping.sweep()
    worked(row, runtime)

    assert row.state == "done"


@pytest.mark.parametrize("mode", ["pause", "resume"])
def test_paused_one_is_left_alone_until_it_goes_on(runtime, uploads, mode):
    row = made("94103", searches=YELP)
    service.approve(row, None)
    service.pause(row)
    if mode == "resume":
        service.resume(row)

    worked(row, runtime)

    assert (row.state, calls() > 0) == (("done", True) if mode == "resume" else ("paused", False))


def test_a_place_without_businesses_ends_in_an_import_without_rows(discover):
    row = discover("99999")

    assert (row.state, counts(row)) == ("done", {})
    assert (row.record.state, row.record.total_count) == ("done", 0)
