"""Digests tell who was erased, and nobody else; their key survives the keys it is sealed with."""

import pytest
from cryptography.fernet import Fernet
from django.conf import settings as configured

from contacts.erasing import digests
from contacts.erasing.keeping_out import Caller, held_back, keep_out, why_held
from contacts.erasing.people import Person
from contacts.models import DigestKey, Erasure, KeptOut
from integrations.secrets import SecretUnreadable
from integrations.services import reseal_secrets

pytestmark = pytest.mark.django_db
ANN = Person(phones=("+14155550142",), emails=("ann@acme.test",), names=("Ann Lee",))


def kept_out(person):
    erasure = Erasure.objects.create(
        hint="x", asked_by="x", click="5e8b0a4e-8f53-4b6a-9f8c-3f0d64a7a111"
    )
    keep_out(person, erasure)


def test_number_or_e_mail_alone_is_enough():
    kept_out(ANN)

    callers = [
        Caller("+14155550142"), Caller("+14155550143", "ANN@acme.test "),
        Caller("+14155550143", "bob@acme.test", "Ann Lee"), Caller(),
    ]  # fmt: skip
    assert sorted(held_back(callers)) == [0, 1]


def test_shared_number_counts_with_the_name_alone():
    kept_out(Person(phones=ANN.phones, names=ANN.names, shared_phones=ANN.phones))

    assert why_held(Caller(*ANN.phones, name="Lee, Ann")).startswith("held back: ")
    assert why_held(Caller(*ANN.phones, name="Bob Ray")) == ""


def test_extension_is_a_desk_of_its_own():
    kept_out(
        Person(phones=ANN.phones, extensions=(("+14155550142", "12"),), shared_phones=ANN.phones)
    )

    assert why_held(Caller(*ANN.phones, ext="12"))
    assert (why_held(Caller(*ANN.phones)), why_held(Caller(*ANN.phones, ext="13"))) == ("", "")


def test_nobody_was_ever_erased_is_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert held_back([Caller("+14155550142")] * 5_000) == {}


def test_digests_cannot_be_made_without_the_key():
    kept_out(ANN)
    digest = KeptOut.objects.first().digest

    DigestKey.objects.all().delete()

    assert digests.of_phone(digests.key(), "+14155550142") != digest
    assert why_held(Caller("+14155550142")) == ""


def test_keys_of_secrets_are_rotated_and_the_digests_stay(settings):
    kept_out(ANN)
    old = list(configured.SECRET_KEYS)
    settings.SECRET_KEYS = [Fernet.generate_key().decode(), *old]

    reseal_secrets()
    settings.SECRET_KEYS = settings.SECRET_KEYS[:1]
    assert why_held(Caller("+14155550142"))

    settings.SECRET_KEYS = old
    with pytest.raises(SecretUnreadable):
        why_held(Caller("+14155550142"))
