"""Companies that an import makes: by domain, by name, and by neither where they tell nothing."""

import pytest

from contacts.models import Company, Contact
from tests.contacts.conftest import counted

NUMBER = "+14155550100"


@pytest.mark.parametrize(
    ("name", "site", "remark"),
    [
        ("", "gmail.com", "website is consumer mail, never a company's: 'gmail.com'"),
        ("", "ada@mail.yahoo.co.uk",
         "website is consumer mail, never a company's: 'ada@mail.yahoo.co.uk'"),
        ("Gmail.com", "", "company left out, it is consumer mail: 'Gmail.com'"),
        ("", "http://192.0.2.7/", "website not readable: 'http://192.0.2.7/'"),
        ("", "https://xn--pple-43d.test",
         "website mixes scripts to look like another name: 'https://xn--pple-43d.test'"),
        ("", "facebook.com/acme", "website is shared by many firms: 'facebook.com/acme'"),
    ],
)  # fmt: skip
def test_what_is_no_companys_domain_makes_no_company(run, write, name, site, remark):
    record = run(write((NUMBER, name, site), header=("Phone", "Company", "Website")))

    assert counted(record) == {"created": 1}
    assert record.rows.get().reason == remark
    assert Contact.objects.get().company is None
    assert not Company.objects.exists()


def test_firms_with_a_page_on_one_host_are_told_apart_by_their_names(run, write):
    rows = [
        ("+14155550100", "Acme", "https://www.facebook.com/acme"),
        ("+14155550101", "Bolt", "https://www.facebook.com/bolt/"),
        ("+14155550102", "Facebook", "https://www.facebook.com/"),
    ]

    run(write(*rows, header=("Phone", "Company", "Website")))

    found = Company.objects.order_by("name").values_list("name", "domain")
    assert list(found) == [("Acme", None), ("Bolt", None), ("Facebook", "facebook.com")]


def test_a_company_is_shared_by_domain_or_by_folded_name(run, write):
    header = ("Phone", "Company", "Website")
    rows = [
        ("+14155550100", "Acme Inc", ""),
        ("+14155550101", "ACME, Inc.", ""),
        ("+14155550102", "Acme Labs", "https://www.labs.test/about"),
        ("+14155550103", "Labs", "labs.test"),
    ]

    run(write(*rows, header=header), chunk_rows=1)

    companies = Company.objects.order_by("id").values_list("name", "name_key", "domain")
    assert list(companies) == [("Acme Inc", "acme", None), ("Acme Labs", "acme labs", "labs.test")]
    employers = Contact.objects.order_by("id").values_list("company__name", flat=True)
    assert list(employers) == ["Acme Inc", "Acme Inc", "Acme Labs", "Acme Labs"]
