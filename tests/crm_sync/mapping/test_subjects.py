"""Our values in bulk, in few queries, with what is computed from them."""

from datetime import UTC, datetime

import pytest

from contacts.models import Company, Contact, ContactTag, Tag
from crm_sync.connector import COMPANY, CONTACT, LEAD, Row
from crm_sync.mapping import derived
from crm_sync.mapping.ours import catalogue
from crm_sync.mapping.subjects import named, subjects
from crm_sync.models import Connection, Referral
from enrichment.models import LeadScore

pytestmark = pytest.mark.django_db


def person(n, **values):
    return Contact.objects.create(phone_raw="x", phone_e164=f"+1415555{n:04}", **values)


def test_contact_has_its_own_its_company_and_its_lead():
    firm = Company.objects.create(name="Birch Ltd", domain="birch.test", employee_count=7)
    LeadScore.objects.create(
        company=firm, readiness=80, segment="migration", priority=2, rules_version="1",
        tags=["hot"],
    )  # fmt: skip
    ada = person(100, full_name="Ada Lovelace", company=firm, line_type="voip")
    ContactTag.objects.create(contact=ada, tag=Tag.objects.create(name="vip"))
    wanted = [
        "name.first", "name.last", "phone", "tags", "line_type.label", "company.name",
        "company.label", "lead.readiness", "lead.segment.label", "lead.tags", "id",
    ]  # fmt: skip

    found = subjects(CONTACT, [ada.pk], wanted)

    assert {name: found[ada.pk][name] for name in wanted} == {
        "name.first": "Ada", "name.last": "Lovelace", "phone": "+1 415-555-0100",
        "tags": ["vip"], "line_type.label": "VoIP", "company.name": "Birch Ltd",
        "company.label": "Birch Ltd", "lead.readiness": 80,
        "lead.segment.label": "Ready to migrate", "lead.tags": ["hot"], "id": ada.pk,
    }  # fmt: skip
    assert found[ada.pk].keys() >= {"full_name", "phone_e164"}
    assert "email" not in found[ada.pk]


@pytest.mark.parametrize("obj", [CONTACT, LEAD, COMPANY])
def test_every_field_is_read(obj):
    firm = Company.objects.create(name="Birch Ltd")
    row = firm if obj == COMPANY else person(100)

    found = subjects(obj, [row.pk, row.pk + 1])

    assert found.keys() == {row.pk}
    assert found[row.pk].keys() == catalogue(obj).keys()


def test_a_thousand_contacts_take_three_queries(django_assert_num_queries):
    firm = Company.objects.create(name="Birch Ltd")
    Contact.objects.bulk_create(
        Contact(phone_raw="x", phone_e164=f"+1415555{n:04}", company=firm) for n in range(1_000)
    )
    ids = list(Contact.objects.values_list("pk", flat=True))

    with django_assert_num_queries(3):
        found = subjects(CONTACT, ids)

    assert len(found) == 1_000
    with django_assert_num_queries(1):
        subjects(CONTACT, ids, ["email", "company.name"])


def test_xr_69_of_several_referrals_the_latest_open_one_is_told():
    at = Connection.objects.create(kind="partner_center", label="Ours")
    firm, other = (Company.objects.create(name=name) for name in ("Birch", "Cedar"))
    for number, (status, day) in enumerate(
        [("Active", 3), ("New", 5), ("Closed", 9), ("New", None), ("Active", 1)]
    ):
        Referral.objects.create(
            connection=at, remote_id=f"r-{number}", status=status, company=firm, kind="co_sell",
            tenant_id=f"t-{number}", updated_there_at=day and datetime(2026, 11, day, tzinfo=UTC),
        )  # fmt: skip
    ada, bo = person(100, company=firm), person(101, company=other)
    names = ["referral.id", "referral.kind", "referral.tenant_id", "referral.source"]

    found, firms = subjects(CONTACT, [ada.pk, bo.pk], names), subjects(COMPANY, [firm.pk], names)
    only = subjects(CONTACT, [ada.pk], ["referral.source"])
    Referral.objects.exclude(status="Closed").update(status="Closed", substatus="Lost")
    closed = subjects(CONTACT, [ada.pk], names)

    told = ["r-1", "co_sell", "t-1", "Partner Center"]
    assert [found[ada.pk][name] for name in names] == told
    assert [firms[firm.pk][name] for name in names] == told
    assert only[ada.pk]["referral.source"] == "Partner Center"
    assert [found[bo.pk][name] for name in names] == ["", "", "", "Import"]
    assert closed[ada.pk]["referral.id"] == "r-2"


def test_rows_name_what_they_read():
    rows = [Row("email", "Mail"), Row("{first_name} {email}", "Note"), Row('"x"', "Firm")]

    assert named(rows) == ["email", "first_name"]
    assert subjects(CONTACT, [], ["nonsense"]) == {}


@pytest.mark.parametrize(
    ("first_name", "last_name", "full_name", "parts"),
    [
        ("Ada", "Lovelace", "Countess of Lovelace", ("Ada", "Lovelace", "Countess of Lovelace")),
        ("", "", "Ada King Lovelace", ("Ada King", "Lovelace", "Ada King Lovelace")),
        ("", "", "Ada", ("", "Ada", "Ada")),
        ("Ada", "Lovelace", "", ("Ada", "Lovelace", "Ada Lovelace")),
        ("", "", "", ("", "", "")),
    ],
)
def test_names_in_parts(first_name, last_name, full_name, parts):
    assert parts == (
        derived.first(first_name, full_name),
        derived.last(last_name, full_name),
        derived.full(full_name, first_name, last_name),
    )


def test_phone_is_written_as_people_write_it():
    assert derived.written("+14155550100", "7") == "+1 415-555-0100 ext. 7"
    assert derived.written("nonsense") == "nonsense"
    assert derived.written("") == ""
