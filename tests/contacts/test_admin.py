"""Counting long lists, and downloading the rows of an import that were rejected."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contacts.models import Contact
from contacts.paging import COUNTED, EstimatedPaginator


def contact(number="+14155550100", **fields):
    return Contact.objects.create(phone_raw=number, phone_e164=number, **fields)


@pytest.mark.django_db
def test_long_list_is_estimated_and_short_one_counted(settings, django_assert_num_queries):
    contact()
    rows = Contact.objects.order_by("-id")

    with django_assert_num_queries(1):
        assert EstimatedPaginator(rows, 50).count == 1
    with django_assert_num_queries(1):
        assert EstimatedPaginator(rows.filter(city="Oslo"), 50).count == 0


@pytest.mark.django_db
def test_a_list_beyond_the_counted_is_as_long_as_postgres_believes(django_db_blocker):
    Contact.objects.bulk_create(
        Contact(phone_raw="x", phone_e164=f"+1{4155550000 + n}") for n in range(COUNTED + 500)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE contacts_contact")
    rows = Contact.objects.order_by("-id")

    assert EstimatedPaginator(rows, 50).count == COUNTED + 500
    assert EstimatedPaginator(rows.filter(phone_raw="x"), 50).count == COUNTED


def test_all_rejected_rows_are_downloaded(admin_client, import_rows):
    bad = [("12", "=1+1", "", "", "")] * 150

    record = import_rows(("+14155550100", "Ann", "", "", ""), *bad)
    response = admin_client.get(reverse("admin:contacts_import_rejects", args=[record.pk]))

    lines = b"".join(response.streaming_content).decode().splitlines()
    assert response["Content-Disposition"] == f'attachment; filename="rejected-{record.pk}.csv"'
    assert (len(lines), lines[0]) == (151, "Phone,Name,Company,Email,City,line,reason")
    assert lines[1].startswith("12,'=1+1,,,,3,")


@pytest.mark.django_db
def test_first_rejected_rows_are_sent_before_the_last_are_read(admin_client, import_rows):
    record = import_rows(*[("12", "", "", "", "")] * 4001, ("+14155550100", "Ann", "", "", ""))
    url = reverse("admin:contacts_import_rejects", args=[record.pk])
    admin_client.get(url)

    with CaptureQueriesContext(connection) as read:
        blocks = iter(admin_client.get(url).streaming_content)
        asked = [(next(blocks).count(b"\n"), _of_rows(read)) for _ in range(4)]

    assert asked == [(1, 0), (2000, 1), (2000, 2), (1, 3)] and not list(blocks)


def _of_rows(read):
    return sum("contacts_importrow" in query["sql"] for query in read.captured_queries)


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["contacts_import_rejects", "contacts_import_rejected"])
def test_rejects_are_only_for_those_who_may_see_imports(client, django_user_model, page):
    from contacts.models import Import

    record = Import.objects.create(name="x", path="x")
    client.force_login(django_user_model.objects.create_user("bo", password="x", is_staff=True))

    assert client.get(reverse(f"admin:{page}", args=[record.pk])).status_code == 403
