"""Records to choose: who fits, one is chosen, a new one made, or none; and chosen again."""

from __future__ import annotations

import pytest

from crm_sync.models import Connection, Link, OutboxItem
from tests.crm_sync.admin.leftovers import ACTS, LOOKS, at, contact, link, settled, shown
from tests.crm_sync.admin.syncs import ready, said

pytestmark = pytest.mark.django_db


def test_a_page_shows_the_candidates_and_whose_they_are(client, person):
    person(*ACTS)
    of = ready()
    link(of, contact(1, "Bo Birch"), state="linked", remote_id="12", candidates=[])
    link(of, contact(2, "Ann Ash"), words="2 records there fit: choose which it is")
    page = shown(client, of, "choose")
    assert "Ann Ash" in page
    assert 'value="11"' in page
    assert "linked with" in page
    assert "Bo Birch" in page
    assert page.count("<fieldset>") == 1


def test_candidates_lead_to_the_crm_where_its_address_is_known(client, person):
    person(*LOOKS)
    of = Connection.objects.create(
        kind="pipedrive", label="Pipes", address="https://acme.pipedrive.com", state="ready"
    )
    link(of, candidates=["11", '"><b>'])
    page = shown(client, of, "choose")
    assert 'href="https://acme.pipedrive.com/person/11"' in page
    assert 'href="https://acme.pipedrive.com/person/%22%3E%3Cb%3E"' in page
    assert "<b>" not in page


TOLD = {"11": [["email", "ann@ash.test"], ["tags", ["new", "<b>"]], ["phone", None]]}


def test_candidates_are_told_apart_by_what_stood_in_them(client, person):
    person(*ACTS)
    of = ready()
    link(of, candidates=["11", "12"], candidate_values=TOLD)
    page = shown(client, of, "choose")
    assert "ann@ash.test" in page
    assert "new, &lt;b&gt;" in page


def test_what_stood_in_them_is_for_those_who_may_see_contacts(client, person):
    person("view_connection", "view_link")
    of = ready()
    link(of, candidates=["11", "12"], candidate_values=TOLD)
    assert "ann@ash.test" not in shown(client, of, "choose")


def test_words_about_a_link_are_for_those_who_may_see_contacts(client, person):
    person("view_connection", "view_link")
    of = ready()
    link(of, words="Ann Ash there has another number")
    page = shown(client, of, "choose")
    assert "Ann Ash" not in page
    assert "Not shown to you" in page


def test_one_is_chosen_and_can_be_chosen_again(client, person):
    person(*ACTS)
    of = ready()
    row = link(of)
    answer = settled(client, of, row, do="choose", chosen="11")
    row.refresh_from_db()
    assert (row.state, row.remote_id, row.is_by_hand) == ("linked", "11", True)
    assert OutboxItem.objects.get().subject_id == row.contact_id
    assert f"?link={row.pk}" in said(answer)[0]
    again = shown(client, of, "choose", link=row.pk)
    assert 'value="12"' in again
    settled(client, of, row, do="choose", chosen="12")
    row.refresh_from_db()
    assert row.remote_id == "12"


def test_another_id_counts_more_than_the_ticked_one(client, person):
    person(*ACTS)
    of = ready()
    row = link(of)
    settled(client, of, row, do="choose", chosen="11", other="77")
    row.refresh_from_db()
    assert row.remote_id == "77"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "Choose one of them, or type the id of another."),
        ({"other": "a b"}, "has no blanks"),
        ({"other": "7\x00"}, "Null characters are not allowed"),
        ({"other": "7" * 101}, "at most 100 characters"),
        ({"chosen": "13"}, "That one does not fit any more"),
        ({"chosen": "12"}, "That record is linked with another of ours."),
    ],
)
def test_what_cannot_be_chosen_is_said_next_to_the_field(client, person, data, words):
    person(*ACTS)
    of = ready()
    link(of, state="linked", remote_id="12", candidates=[])
    row = link(of)
    page = settled(client, of, row, do="choose", **data).content.decode()
    assert words in page
    row.refresh_from_db()
    assert (row.state, row.remote_id) == ("several", "")
    assert not OutboxItem.objects.exists()


def test_a_new_one_is_made_or_none(client, person):
    person(*ACTS)
    of = ready()
    new, left = link(of), link(of)
    settled(client, of, new, do="new")
    settled(client, of, left, do="leave")
    states = dict(Link.objects.values_list("pk", "state"))
    assert states == {new.pk: "new", left.pk: "detached"}
    assert "Left alone" in shown(client, of, "choose", kind="left")


def test_no_second_record_is_made_while_one_bears_our_key(client, person):
    person(*ACTS)
    of = ready()
    row = link(of, state="linked", remote_id="11", agreed={"email": "a@ash.test"})
    page = settled(client, of, row, do="new").content.decode()
    assert "It has a record there already" in page
    row.refresh_from_db()
    assert (row.state, row.remote_id) == ("linked", "11")


@pytest.mark.parametrize("data", [{"link": "x", "do": "leave"}, {"do": "leave"}, {"do": "odd"}])
def test_what_is_no_link_or_no_act_is_not_found(client, person, data):
    person(*ACTS)
    of = ready()
    row = link(of)
    whole = {"link": row.pk, **data} if data == {"do": "odd"} else data
    assert client.post(at(of, "choose_settle"), whole).status_code == 404


def test_another_connections_link_is_not_settled_here(client, person):
    person(*ACTS)
    row = link(ready())
    assert settled(client, ready("Other"), row, do="leave").status_code == 404
    row.refresh_from_db()
    assert row.state == "several"
