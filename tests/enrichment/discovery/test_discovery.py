"""From places to contacts: what is found is imported once, and every count adds up."""

from contacts.models import Company, Contact
from tests.enrichment.discovery.conftest import counts


def test_one_zip_becomes_contacts_and_companies(discover):
    row = discover("94103")

    assert row.state == "done", row.reason
    print(counts(row), row.by_search, row.estimate)
    assert row.found_count == sum(row.fates.values()) > 0
    assert row.record.state == "done"
    assert Contact.objects.count() == row.new_count
    assert Company.objects.count() > 0
