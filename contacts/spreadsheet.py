"""Keeps a value from being run as a formula by the spreadsheet that opens an export."""

import re

# OWASP ASVS 1.2.10. An E.164 number begins with "+" as well; it is the one exception.
_DANGEROUS = frozenset("=+-@\t\r\n\0＝＋－＠")
_E164 = re.compile(r"\+[1-9]\d{6,14}")


def defused(value: str) -> str:
    """Return the value, after an apostrophe where a spreadsheet would take it for a formula."""
    if value[:1] in _DANGEROUS and value and _E164.fullmatch(value) is None:
        return f"'{value}"
    return value
