"""What a reply asks for: to be left alone, to hear from us again, or help."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Literal, get_args

Meaning = Literal["stop", "start", "help", ""]

# Twilio's own words ("Twilio support for opt-out keywords", as of November 2026), and below them
# those of carriers elsewhere (ARRET must do in Canada) and what people write instead.
_ALONE: Mapping[str, Meaning] = {
    "stop": "stop", "stopall": "stop", "unsubscribe": "stop", "cancel": "stop", "end": "stop",
    "quit": "stop", "revoke": "stop", "optout": "stop",
    "start": "start", "yes": "start", "unstop": "start",
    "help": "help", "info": "help",
    "arret": "stop", "stopp": "stop", "parar": "stop", "alto": "stop", "baja": "stop",
    "unsub": "stop", "optmeout": "stop",
}  # fmt: skip
# A sentence of these says no, whatever stands around them of the words below.
_CLEAR = frozenset(
    ("stop", "stopall", "unsubscribe", "unsub", "optout", "quit", "revoke", "cancel", "arret")
)
_FILLERS = frozenset((
    "a", "all", "already", "and", "any", "anymore", "calling", "calls", "contacting", "from",
    "future", "getting", "good", "i", "immediately", "it", "list", "me", "message", "messages",
    "messaging", "more", "my", "now", "number", "of", "ok", "okay", "our", "out", "phone", "please",
    "pls", "receiving", "right", "sending", "sms", "spam", "spamming", "text", "texting", "texts",
    "thank", "thanks", "that", "these", "this", "those", "thx", "to", "us", "want", "with", "you",
    "your",
))  # fmt: skip
_PHRASES = re.compile(
    r"(?:do not|dont|never|no longer|quit|stop) (?:ever )?(?:text|texting|call|calling|contact"
    r"|contacting|message|messaging|sms|write|writing)(?: to)? (?:me|us|this number|here)"
    r"|(?:remove|delete|take) (?:me|us|my (?:number|phone|name|contact|info)|this number)"
    r"(?: (?:off|from|out|please|now|immediately)\b.*)?"
    r"|(?:opt|count|sign) (?:me|us) out.*"
    r"|(?:no more|do not send|dont send)(?: me)?(?: any)?(?: more)?(?: of)?(?: your| these| this)?"
    r" ?(?:texts?|messages?|sms|calls?|spam)"
    r"|leave (?:me|us) alone|lose (?:my|this) number|i (?:want to|would like to|wish to) optout"
)
_AROUND = re.compile(
    r"^(?:please|pls|and|just|hey|hi|ok|okay) "
    r"| (?:please|pls|now|again|ever|anymore|any more|thanks|thank you)$"
)
# What phones send when somebody taps on a message: it repeats our own words.
_TAP = re.compile(
    r"\s*(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|removed an? \w+ from"
    r"|reacted .{1,12} to|replied to)\s+[“\"„«]",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.!?;:,\n\r]+|\s[-–—]+\s")
_JUDGED = 1_600


def meaning_of_reply(text: str, opt_out_type: str = "") -> Meaning:
    """Return what a reply asks for; `opt_out_type` is what Twilio made of it, and wins.

    Twilio blocks a number for one of its words standing alone. Whoever writes "Stop texting me" or
    "not interested. STOP" has said no as clearly, and a sender in the United States must honour any
    reasonable means of saying so (47 CFR 64.1200(a)(10)); so we suppress these numbers ourselves.
    Where it can be read either way ("cancel my appointment", "don't stop"), it is no STOP. To start
    again takes one of Twilio's words, alone: nobody is brought back by a guess.
    """
    said: Meaning
    for said in get_args(Meaning):
        if said and opt_out_type.strip().lower() == said:
            return said
    text = text[:_JUDGED]
    if _TAP.match(text):
        return ""
    if said := _ALONE.get("".join(_plain_words(text)), ""):
        return said
    return "stop" if any(map(_says_stop, _SENTENCE.split(text))) else ""


def _says_stop(sentence: str) -> bool:
    joined = " ".join(_plain_words(sentence)).replace("opt out", "optout")
    telling = {word for word in joined.split() if word not in _FILLERS}
    if telling and telling <= _CLEAR:
        return True
    return _PHRASES.fullmatch(_AROUND.sub("", joined)) is not None


def _plain_words(text: str) -> list[str]:
    """Words in small letters without accents, signs and pictures; an apostrophe joins."""
    folded = unicodedata.normalize("NFKD", text.replace("’", "'")).casefold()
    letters = "".join(c for c in folded if not unicodedata.combining(c) and c not in "'\u200b")
    return re.findall(r"[^\W_]+", letters)
