"""How a text becomes parts of a message: alphabet, units, parts, as carriers bill them.

3GPP TS 23.038 section 6.2.1 (the default alphabet and its extension table) and TS 23.040 section
9.2.3.24.1 (a part of several loses six octets to the header that joins them).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

_DEFAULT = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Each is sent as an escape and a character: two units that no part may tear apart.
_EXTENSION = frozenset("\f^{}\\[~]|€")
GSM_7 = _DEFAULT | _EXTENSION
# Units of the only part, and of one among several.
_GSM_PART, _GSM_PARTS = 160, 153
_UCS_PART, _UCS_PARTS = 70, 67
_LAST_OF_PLANE_0 = "\uffff"


@dataclass(frozen=True, slots=True)
class Segments:
    """`units` are septets (GSM-7) or 16-bit units (UCS-2); `per_segment` is what a part holds.

    `count` is what is billed: 0 for an empty text, which cannot be sent.
    """

    encoding: Literal["GSM-7", "UCS-2"]
    units: int
    count: int
    per_segment: int

    @property
    def left(self) -> int:
        """Units that still fit before another part begins; torn-off room is not counted."""
        return max(0, self.count * self.per_segment - self.units)


def segments(text: str) -> Segments:
    """Return what a text costs: one character outside the alphabet makes all of it UCS-2."""
    if is_gsm(text):
        widths = [2 if char in _EXTENSION else 1 for char in text]
        return _cut("GSM-7", widths, _GSM_PART, _GSM_PARTS)
    widths = [2 if char > _LAST_OF_PLANE_0 else 1 for char in text]
    return _cut("UCS-2", widths, _UCS_PART, _UCS_PARTS)


def is_gsm(text: str) -> bool:
    """Tell whether every character is in the default alphabet or its extension."""
    return GSM_7.issuperset(text)


def _cut(
    encoding: Literal["GSM-7", "UCS-2"], widths: list[int], alone: int, among: int
) -> Segments:
    units = sum(widths)
    if units <= alone:
        return Segments(encoding, units, 1 if units else 0, alone)
    return Segments(encoding, units, _parts(widths, among), among)


def _parts(widths: Iterable[int], size: int) -> int:
    """Fill part after part; what is two units wide goes whole into the next one."""
    parts, used = 1, 0
    for width in widths:
        if used + width > size:
            parts, used = parts + 1, 0
        used += width
    return parts
