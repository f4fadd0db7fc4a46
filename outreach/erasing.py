"""What this room has of a person: messages, whose price stays, and consents, whose day stays."""

from __future__ import annotations

from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from contacts.erasing.parts import Counts, Part
from contacts.erasing.people import Person
from contacts.models import Erasure
from outreach.models import Consent, Message

ON_ITS_WAY = "a message to them is on its way"
NOT_SENT = "the person is being erased"
CONSENTED = "consent of {day:%d %b %Y} to {what}, from {source}"
State = Message.State


def count(person: Person) -> Counts:
    """Return by kind what there is."""
    return {
        "messages, which keep their price": _messages(person).count(),
        "consents": _consents(person).count(),
    }


def stop(person: Person) -> str:
    """Cancel what waits; what has left us is waited for, so that its price is known."""
    messages = _messages(person)
    messages.filter(state=State.WAITING).update(
        state=State.CANCELLED, words=NOT_SENT, finished_at=timezone.now()
    )
    going = (State.CLAIMED, State.SENDING, State.UNKNOWN)
    return ON_ITS_WAY if messages.filter(state__in=going).exists() else ""


def erase(person: Person, erasure: Erasure) -> Counts:
    """Empty messages; keep of consents that they were given, as proof without a name."""
    before = count(person)
    messages = _messages(person)
    messages.filter(state=State.DEAD).delete()  # nobody may try them again
    messages.filter(look_at=None).update(sid="")
    messages.update(
        phone=Concat(Value("erased-"), Cast("pk", CharField())), body="", voicemail="",
        evidence=[], words="", contact=None,
    )  # fmt: skip
    consents = _consents(person)
    erasure.kept += [
        CONSENTED.format(
            day=one.given_on, what=one.get_channel_display().lower(), source=one.source
        )
        + (f", withdrawn on {one.withdrawn_at:%d %b %Y}" if one.withdrawn_at else "")
        for one in consents.order_by("pk")
    ]
    consents.delete()
    return before


def _messages(person: Person) -> QuerySet[Message]:
    return Message.objects.filter(Q(contact__in=person.contacts) | Q(phone__in=person.own_phones()))


def _consents(person: Person) -> QuerySet[Consent]:
    return Consent.objects.filter(phone__in=person.own_phones())


PART = Part("outreach", count, erase, stop)
