"""Drafting: a contact, a template's words and the gate's decision become a message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contacts.models import Contact
from outreach import words
from outreach.gate import Decision
from outreach.models import Campaign, Channel, Message, Template
from outreach.pricing import Prices

EMPTY, TOO_LONG = "empty_place", "too_long"


@dataclass(frozen=True, slots=True)
class Worded:
    """A template's words for one contact; `missing` are the places that stayed empty."""

    text: str
    voicemail: str
    missing: tuple[str, ...]
    segments: int

    @property
    def longest(self) -> str:
        """The longer of what a person and a machine are told."""
        return max(self.text, self.voicemail, key=len)

    @property
    def problem(self) -> tuple[str, str]:
        """Return a reason and words for why it cannot be sent; two empty texts where it can."""
        if self.missing:
            return EMPTY, f"nothing is known for {', '.join(dict.fromkeys(self.missing))}"
        if len(self.text) > words.LONGEST:
            return TOO_LONG, f"longer than {words.LONGEST:,} characters for this contact"
        return "", ""


def snapshot(template: Template) -> dict[str, Any]:
    """Return a template's words as a campaign keeps them."""
    return {
        "body": template.body, "fallbacks": template.fallbacks, "voicemail": template.voicemail,
        "is_recorded": template.is_recorded, "version": template.version,
    }  # fmt: skip


def worded(said: Mapping[str, Any], channel: str, contact: Contact) -> Worded:
    """Return the words for a contact, and how many segments they are (of a call 0)."""
    values = words.values_of(contact)
    body = words.render(said["body"], said["fallbacks"], values)
    voicemail = words.render(said.get("voicemail", ""), said["fallbacks"], values)
    count = words.segments(body.text).count if channel == Channel.SMS else 0
    return Worded(body.text, voicemail.text, (*body.missing, *voicemail.missing), count)


def drafted(campaign: Campaign, contact: Contact, decision: Decision, prices: Prices) -> Message:
    """Return the message of a campaign to a contact, waiting or refused; not saved."""
    found = worded(campaign.words, campaign.channel, contact)
    message = Message(
        campaign=campaign, channel=campaign.channel, contact=contact, phone=contact.phone_e164,
        template_id=campaign.template_id, template_version=campaign.words["version"],
        sender=campaign.sender, body=found.text, voicemail=found.voicemail,
        is_recorded=campaign.words["is_recorded"], segments=found.segments,
        price_usd=prices.of(contact.phone_e164, found.segments, found.longest),
        is_sandbox=campaign.is_sandbox, created_by_id=campaign.created_by_id,
    )  # fmt: skip
    judged(message, decision, found.problem)
    return message


def judged(message: Message, decision: Decision, problem: tuple[str, str]) -> None:
    """Let a new message wait or be refused, with the decision as its evidence."""
    message.evidence = [decision.as_evidence("draft")]
    because = decision.because
    if because and decision.verdict == "no":
        problem = (because.name, because.why)
    message.state = Message.State.REFUSED if problem[0] else Message.State.WAITING
    if because and not problem[0]:
        problem = (because.name, because.why)
        message.due_at = decision.due_at or message.due_at
    message.reason, message.words = problem[0], problem[1][:300]
