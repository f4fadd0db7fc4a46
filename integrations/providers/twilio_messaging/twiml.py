"""What a call says and does, from parts, in Twilio's own language (TwiML)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from twilio.twiml.voice_response import Gather, VoiceResponse

from integrations.providers.own.refusing import refused

# XML 1.0 has no place for these, escaped or not; Twilio would hang up on them.
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Say:
    """Words, read aloud in a language (BCP 47) and, where named, by one of Twilio's voices."""

    text: str
    language: str = "en-US"
    voice: str = ""


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence, in seconds."""

    length_s: int = 1


@dataclass(frozen=True, slots=True)
class Play:
    """A recording by its address, MP3 or WAV."""

    url: str


@dataclass(frozen=True, slots=True)
class Key:
    """Parts during and after which one key may be pressed; it is posted to `action` as `Digits`.

    Without a key within `wait_s` the call goes on with what follows.
    """

    action: str
    parts: Sequence[Say | Pause | Play] = ()
    wait_s: int = 5


@dataclass(frozen=True, slots=True)
class Hangup:
    """The end."""


Part = Say | Pause | Play | Key | Hangup


def twiml(*parts: Part) -> str:
    """Return a whole answer. Raises QuestionRejected for empty words and odd addresses."""
    response = VoiceResponse()
    for part in parts:
        _add(response, part)
    return str(response)


def _add(to: VoiceResponse | Gather, part: Part) -> None:
    match part:
        case Say(text, language, voice):
            to.say(_words(text), language=language, **({"voice": voice} if voice else {}))
        case Pause(length_s):
            to.pause(length=max(1, length_s))
        case Play(url):
            to.play(_address(url))
        case Key(action, inner, wait_s):
            gather = Gather(
                input="dtmf", num_digits=1, action=_address(action), method="POST", timeout=wait_s
            )
            for one in inner:
                _add(gather, one)
            to.append(gather)
        case Hangup():
            to.hangup()


def _words(text: str) -> str:
    clean = NO_XML.sub("", text).strip()
    if not clean:
        raise refused("text", "there is nothing to say")
    return clean


def _address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname or NO_XML.search(url):
        raise refused("url", "an https address expected")
    return url
