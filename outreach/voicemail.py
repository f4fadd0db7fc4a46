"""Voicemail: a machine that has ended its greeting hears the template's words, or we hang up.

It is done once, when Twilio says who answered. A call that is over by then is left as it is, and
where a worker is lost meanwhile the call's own words stand: a voicemail is never said twice.
"""

from __future__ import annotations

import structlog
from django.db import transaction

from integrations import acting
from integrations.accounts import Accounts
from integrations.errors import CallError, OutcomeUnknown, QuestionRejected
from integrations.provider import Api
from integrations.providers.twilio_messaging import (
    TWILIO_MESSAGING,
    Hangup,
    Pause,
    Say,
    Sent,
    hang_up,
    say_instead,
    twiml,
)
from outreach.models import Channel, Message
from outreach.runtime import Runtime

log = structlog.get_logger(__name__)

GREETED = "machine_end"  # machine_end_beep, machine_end_silence and machine_end_other
LEFT, HUNG_UP = "left a voicemail", "hung up on an answering machine"
TOO_LATE, PERHAPS = "the call was over before a voicemail", "perhaps left a voicemail"


def is_due(answered_by: str) -> bool:
    """Tell whether the machine is ready to be spoken to, or hung up on."""
    return answered_by.startswith(GREETED) or answered_by == "fax"


def drop(runtime: Runtime, message_id: int) -> str:
    """Say the voicemail in a call that goes on; return what came of it, in words."""
    message = Message.objects.filter(pk=message_id, channel=Channel.VOICE).exclude(sid="").first()
    if message is None or message.finished_at:
        return TOO_LATE
    accounts = Accounts()
    accounts.refresh()
    try:
        view = accounts.view(TWILIO_MESSAGING.slug)
    except CallError as why:
        log.warning("no_voicemail", message=message_id, why=str(why))
        return str(why)
    speaks = bool(message.voicemail) and message.answered_by != "fax"

    async def deed(api: Api) -> Sent:
        if speaks:
            return await say_instead(
                api, message.sid, twiml(Pause(1), Say(message.voicemail), Hangup())
            )
        return await hang_up(api, message.sid)

    name = "say_instead" if speaks else "hang_up"
    done = runtime.run(acting.look(runtime.gate, view, name, deed, contact_id=message.contact_id))
    came = _came(done.error, LEFT if speaks else HUNG_UP)
    with transaction.atomic():
        acting.settle([done])
        Message.objects.filter(pk=message_id).update(words=came[:300])
    return came


def _came(error: CallError | None, done: str) -> str:
    if error is None:
        return done
    if isinstance(error, OutcomeUnknown):
        return PERHAPS
    return TOO_LATE if isinstance(error, QuestionRejected) else f"no voicemail: {error}"
