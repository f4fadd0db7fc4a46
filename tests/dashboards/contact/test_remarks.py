"""Notes and tags on the page of a contact."""

import pytest

from contacts.models import ContactChange, ContactTag, Note, Tag
from tests.dashboards.contact.conftest import EVIL, address

pytestmark = pytest.mark.django_db


def test_note_is_kept_under_its_author_and_is_text(admin_client, held):
    html = admin_client.post(address("note", held), {"text": f" {EVIL} "}).content.decode()

    note = Note.objects.get()
    assert (note.text, note.author.get_username(), note.contact) == (EVIL, "admin", held)
    assert EVIL not in html and "&lt;script&gt;" in html


@pytest.mark.parametrize("text", ["", "  ", "x" * 5001])
def test_blank_or_long_note_is_refused_and_kept(admin_client, held, text):
    html = admin_client.post(address("note", held), {"text": text}).content.decode()

    assert not Note.objects.exists()
    assert 'role="alert"' in html and text.strip() in html


def test_own_note_is_deleted_anothers_is_not(admin_client, admin_user, held, django_user_model):
    other = django_user_model.objects.create_user("cy")
    own = Note.objects.create(contact=held, author=admin_user, text="a")
    theirs = Note.objects.create(contact=held, author=other, text="b")

    statuses = [
        admin_client.post(address("forget", held, note.pk)).status_code for note in (own, theirs)
    ]

    assert statuses == [200, 403]
    assert list(Note.objects.all()) == [theirs]


def test_tag_is_made_once_whatever_its_case(admin_client, held):
    for name in ("VIP", "vip", " Vip "):
        admin_client.post(address("tag", held), {"name": name})

    assert [tag.name for tag in held.tags.all()] == ["VIP"]
    assert (Tag.objects.count(), ContactTag.objects.count()) == (1, 1)


def test_tag_put_and_taken_stands_in_history_with_who_did_it(admin_client, held):
    admin_client.post(address("tag", held), {"name": "VIP"})
    admin_client.post(address("tag", held), {"name": "VIP"})
    tag = Tag.objects.get()
    for _ in range(2):
        admin_client.post(address("untag", held, tag.pk))

    told = [(one.by, one.before, one.after) for one in ContactChange.objects.order_by("id")]
    assert told == [
        ("person:admin", {"tag": None}, {"tag": "VIP"}),
        ("person:admin", {"tag": "VIP"}, {"tag": None}),
    ]


@pytest.mark.parametrize("name", ["", " ", "x" * 51])
def test_bad_tag_is_refused(admin_client, held, name):
    html = admin_client.post(address("tag", held), {"name": name}).content.decode()

    assert not Tag.objects.exists() and 'role="alert"' in html


def test_removed_tag_stays_for_others(admin_client, held):
    admin_client.post(address("tag", held), {"name": EVIL})
    tag = Tag.objects.get()

    html = admin_client.post(address("untag", held, tag.pk)).content.decode()

    assert not ContactTag.objects.exists() and Tag.objects.exists()
    assert "None yet" in html


def test_suggestions_begin_with_what_is_typed(admin_client, held):
    Tag.objects.bulk_create([Tag(name="VIP"), Tag(name="vintage"), Tag(name="other")])

    html = admin_client.get(address("suggest", held), {"name": "vi"}).content.decode()

    assert html.count("<option") == 2 and "other" not in html
