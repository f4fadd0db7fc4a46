"""Sending while reading: the whole file is kept, or nothing of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.exports import making, service, work
from contacts.exports.sending import BROKEN_OFF, sent
from contacts.exports.service import Wish
from contacts.models import Contact, Export
from tests.contacts.exports.conftest import content, left, make_many

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(folder, owner):
    make_many(5)
    return service.ask(Wish({}, ["phone_e164"]), owner)


def test_what_is_sent_is_what_is_kept(asked, folder):
    received = b"".join(sent(asked))

    asked.refresh_from_db()
    assert (asked.state, asked.row_count, asked.total_count) == ("done", 5, 5)
    assert content(asked) == received
    assert left(folder) == [asked.file]


def test_the_headings_are_sent_before_anything_is_read(asked, django_assert_num_queries):
    stream = sent(asked)

    with django_assert_num_queries(1):  # the state
        assert next(stream) == b"\xef\xbb\xbfPhone\r\n"

    stream.close()


@pytest.mark.parametrize("format", ["csv", "json", "xlsx"])
def test_a_reader_who_leaves_leaves_no_half_file(asked, folder, format):
    Export.objects.update(format=format)
    asked.refresh_from_db()
    stream = sent(asked)
    next(stream)

    stream.close()

    asked.refresh_from_db()
    assert (asked.state, asked.error) == ("failed", BROKEN_OFF)
    assert left(folder) == []


def test_a_contact_deleted_meanwhile_is_left_out(asked):
    rows = making.rows_of(asked)
    pages = iter(making.blocks_of(asked, rows))
    next(pages)
    Contact.objects.filter(full_name="Ada 4").delete()

    assert len(b"".join(pages).splitlines()) == 4
    assert (rows.total, rows.written) == (4, 4)


def test_a_download_of_which_nobody_hears_is_ended(asked):
    work.expire()
    asked.refresh_from_db()
    assert asked.state == "sending"

    Export.objects.update(created_at=timezone.now() - timedelta(hours=2))
    work.expire()

    asked.refresh_from_db()
    assert (asked.state, asked.error) == ("failed", BROKEN_OFF)
