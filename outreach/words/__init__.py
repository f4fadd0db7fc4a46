"""Words: what a message says, what it costs in parts, and what a reply to it asks for."""

from outreach.words.placeholders import PLACEHOLDERS, values_of
from outreach.words.rendering import LONGEST, Problem, Rendered, check, render
from outreach.words.replies import meaning_of_reply
from outreach.words.segments import Segments, segments
from outreach.words.spelling import Advice, advice

__all__ = [
    "LONGEST", "PLACEHOLDERS", "Advice", "Problem", "Rendered", "Segments", "advice", "check",
    "meaning_of_reply", "render", "segments", "values_of",
]  # fmt: skip
