"""Refused records: why, held ones apart, and tried again one by one or by reason."""

from __future__ import annotations

import pytest

from crm_sync.models import OutboxItem
from tests.crm_sync.admin.leftovers import ACTS, LOOKS, at, contact, refused, shown
from tests.crm_sync.admin.syncs import ready, said

pytestmark = pytest.mark.django_db


def test_a_refused_record_says_why(client, person):
    person(*LOOKS)
    of = ready()
    refused(of, contact(name="Ann Ash"), field="email")
    page = shown(client, of, "refused")
    assert "Ann Ash" in page
    assert "The e-mail is no e-mail" in page
    assert ">INVALID</td>" in page
    assert "Try again" not in page


def test_what_a_crm_says_is_text(client, person):
    person(*LOOKS)
    of = ready()
    refused(of, contact(name="<b>Ann</b>"), words="<script>alert(1)</script>", code='"><i>')
    page = shown(client, of, "refused")
    assert "<script>alert" not in page
    assert "<b>Ann" not in page
    assert '"><i>' not in page


def test_the_words_of_a_crm_hide_what_was_sent(client, person):
    person("view_connection", "view_outboxitem")
    of = ready()
    row = refused(of, contact(name="Ann Ash"), words="ann@ash.test is taken")
    page = shown(client, of, "refused")
    assert "ann@ash.test" not in page
    assert "Ann Ash" not in page
    assert f"Contact {row.subject_id}" in page


def test_held_ones_stand_apart(client, person):
    person(*ACTS)
    of = ready()
    refused(of, contact(1, "Held Hal"), code="held", words="held back: asked us to stop")
    assert "Held Hal" not in shown(client, of, "refused")
    page = shown(client, of, "refused", kind="held")
    assert "Held Hal" in page
    assert "Try again" not in page


def test_one_is_tried_again(client, person):
    person(*ACTS)
    of = ready()
    first, other = refused(of), refused(of)
    answer = client.post(at(of, "refused_again"), {"one": first.pk, "item": [other.pk]})
    states = dict(OutboxItem.objects.values_list("pk", "state"))
    assert states == {first.pk: "waiting", other.pk: "rejected"}
    assert said(answer) == ["1 record is sent again with the next sync."]


def test_several_are_tried_again_but_no_held_nor_anothers(client, person):
    person(*ACTS)
    of, other = ready(), ready("Other")
    mine, dead = refused(of), refused(of, state="dead")
    held, theirs = refused(of, code="held"), refused(other)
    ids = [one.pk for one in (mine, dead, held, theirs)]
    client.post(at(of, "refused_again"), {"item": [*ids, "x", "9" * 30]})
    waiting = OutboxItem.objects.filter(state="waiting").values_list("pk", flat=True)
    assert set(waiting) == {mine.pk, dead.pk}


def test_all_of_one_reason_are_tried_again(client, person):
    person(*ACTS)
    of = ready()
    first, second, other = refused(of), refused(of), refused(of, code="LIMIT")
    page = shown(client, of, "refused")
    assert "<strong>2</strong> contacts" in page
    client.post(at(of, "refused_again"), {"code": "INVALID", "field": "", "object": "contact"})
    states = dict(OutboxItem.objects.values_list("pk", "state"))
    assert states == {first.pk: "waiting", second.pk: "waiting", other.pk: "rejected"}


def test_nothing_chosen_tries_nothing_again(client, person):
    person(*ACTS)
    of = ready()
    refused(of)
    answer = client.post(at(of, "refused_again"))
    assert said(answer) == ["Nothing was chosen that is refused still."]
    assert OutboxItem.objects.get().state == "rejected"
