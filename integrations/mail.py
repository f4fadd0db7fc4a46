"""Sends an e-mail over the server that EMAIL_URL names."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage

from integrations.accounts import is_sandbox
from integrations.messages import NotDelivered

NO_SERVER = "No server for e-mail is set: set EMAIL_URL, such as smtp+tls://user:password@host:587."


def send(recipients: Sequence[str], subject: str, text: str, *, key: str) -> None:
    """Send a text; in the sandbox it goes nowhere. Raises NotDelivered.

    `key` is this message's alone and the same whenever it is sent again: by the Message-ID that is
    made of it (RFC 5322, 3.6.4) some mail servers drop the second.
    """
    if not recipients:
        raise NotDelivered("No recipient is set.", is_final=True)
    if is_sandbox():
        return
    if settings.EMAIL_BACKEND.endswith(".dummy.EmailBackend"):
        raise NotDelivered(NO_SERVER, is_final=True)
    try:
        headers = {"Message-ID": f"<{key}@{_domain()}>"}
        EmailMessage(subject, text, to=list(recipients), headers=headers).send()
    except (smtplib.SMTPAuthenticationError, smtplib.SMTPRecipientsRefused) as refusal:
        words = f"The mail server refused ({type(refusal).__name__}): mend EMAIL_URL or recipients."
        raise NotDelivered(words, is_final=True) from None
    except (smtplib.SMTPException, OSError) as error:
        raise NotDelivered(f"The mail server failed ({type(error).__name__}).") from None


def _domain() -> str:
    """Return whose messages these are; not the host, which differs between two senders."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "switchboard"
