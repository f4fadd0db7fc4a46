"""Single messages: one text or call to one contact, on a person's word, through the same gate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from contacts import suppression
from contacts.models import Contact
from integrations.accounts import Accounts, is_sandbox
from outreach import gate, grounds, words
from outreach.campaigns import drafting
from outreach.models import Channel, Message, Rules, Template
from outreach.pricing import Prices
from outreach.ringing import ring

# The same words to the same number within this while are a second click.
ONCE_IN = timedelta(minutes=1)


class MessageRefused(ValueError):
    """The message cannot be sent; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Preview:
    """How a message to one contact would be, and what the gate says of it now."""

    message: Message
    decision: gate.Decision


def preview(contact: Contact, template: Template, *, body: str | None = None) -> Preview:
    """Return the message that would be sent, unsaved; `body` takes the place of the template's."""
    said = drafting.snapshot(template) | ({} if body is None else {"body": body})
    now, rules = timezone.now(), Rules.current()
    recipient = grounds.Recipient(contact.phone_e164, contact.pk, template.channel)
    (subject,) = grounds.subjects([recipient], rules, now=now)
    decision = gate.decide(subject, grounds.limits_of(rules, None), (), now=now, plans=True)
    found = drafting.worded(said, template.channel, contact)
    accounts = Accounts()
    accounts.refresh()
    message = Message(
        channel=template.channel, contact=contact, phone=contact.phone_e164, body=found.text,
        template=template if template.pk else None, template_version=template.version,
        voicemail=found.voicemail, is_recorded=said["is_recorded"], segments=found.segments,
        price_usd=Prices(template.channel, accounts).of(
            contact.phone_e164, found.segments, found.longest
        ),
        is_sandbox=is_sandbox(),
    )  # fmt: skip
    drafting.judged(message, decision, found.problem)
    return Preview(message, decision)


def send(
    contact: Contact, template: Template, *, body: str | None = None, user: User | None = None
) -> Message:
    """Have one message sent, at once or when its hours open. Raises MessageRefused.

    What the gate refuses is kept, too, with its words. The same words again are refused for a
    minute, so that two clicks are one message.
    """
    if wrong := problems(template, body):
        raise MessageRefused(wrong)
    message = preview(contact, template, body=body).message
    message.created_by = user
    with transaction.atomic():
        suppression.hold([message.phone])
        if _was_said(message):
            raise MessageRefused("You sent the same words a moment ago; they are on their way.")
        message.save()
    if message.state == Message.State.REFUSED:
        raise MessageRefused(f"Not sent: {message.words}.")
    ring(1)
    return message


def problems(template: Template, body: str | None = None) -> str:
    """Return what is wrong with the words, in words; "" where they may be sent."""
    found = words.check(template.body if body is None else body, template.fallbacks)
    return " ".join(str(one) for one in found)


def _was_said(message: Message) -> bool:
    return (
        Message.objects.filter(
            phone=message.phone, channel=message.channel, body=message.body, campaign=None,
            created_at__gt=timezone.now() - ONCE_IN, direction=Message.Direction.OUT,
        )
        .exclude(state=Message.State.REFUSED)
        .exists()
    )  # fmt: skip


def written(body: str, channel: str = Channel.SMS) -> Template:
    """Return words that a person typed for one message as a template that is not kept."""
    return Template(name="", channel=channel, body=body, version=0)
