"""Recognises what a text file is from its beginning: kind, encoding, delimiter, header row."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Sequence

from contacts.importing.fields import KNOWN_HEADERS, fold_header, without_number
from contacts.importing.table import FileRefused, SourceRow, is_blank

HEAD_BYTES = 1 << 18
HEADER_WITHIN = 10
_DELIMITERS = (",", ";", "\t", "|")
_SEP_LINE = re.compile(r"sep=(.)\s*", re.IGNORECASE)
_ADVICE = "export the list as CSV or XLSX and try again"
_MAGIC = (
    (b"%PDF", "a PDF"),
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a program"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3", "a database"),
    (b"{\\rtf", "a rich-text document"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x19\x1b\x7f]")
_MARKUP = re.compile(r"\s*<(?:!doctype|html|\?xml|table|meta|head)\b", re.IGNORECASE)
_JSON = re.compile(r"""\s*(?:\[\s*)?\{\s*"[^"]*"\s*:""")
_VALUE = re.compile(
    r"[^@\s]+@[^@\s]+\.\w+|https?://\S+|(?:\D*\d){5}.*|[-+]?[$€£]?\s?\d+(?:[.,]\d+)*\s?[%$€£]?",
    re.DOTALL,
)


def refuse_other_kinds(head: bytes) -> None:
    """Raises FileRefused for a file that is empty, or of a kind that holds no rows we can read."""
    if not head.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
        raise FileRefused(f"the file is empty: {_ADVICE}")
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            raise FileRefused(f"the file is {kind}, not a table: {_ADVICE}")
    if head.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in head:
            raise FileRefused("the workbook has a password: save it without one and try again")
        raise FileRefused("the file is an old Excel or Office file: save it as XLSX or CSV")


def detect_encoding(head: bytes, wanted: str | None = None) -> str:
    """The name of a codec: the one asked for, or told by a byte order mark, zeros, or validity."""
    if wanted:
        return _check_encoding(head, wanted)
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding
    sample = head[: 1 << 14]
    half = max(1, len(sample) // 2)
    if sample[1::2].count(0) / half > 0.4 and sample[::2].count(0) / half < 0.1:
        return "utf-16-le"
    if sample[::2].count(0) / half > 0.4 and sample[1::2].count(0) / half < 0.1:
        return "utf-16-be"
    text = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode(head)
    if text.isascii():
        return "utf-8"
    # A few stray bytes among many good sequences are mended row by row.
    stray = sum("\udc80" <= char <= "\udcff" for char in text)
    good = sum(char > "\x7f" for char in text) - stray
    return "utf-8" if good > stray else "cp1252"


def _check_encoding(head: bytes, wanted: str) -> str:
    elsewise = FileRefused(f"the file isn't in {wanted}: leave the encoding out and it is found")
    try:
        info = codecs.lookup(wanted.strip())
        if info.name.startswith(("utf-16", "utf-32")):
            found = detect_encoding(head)
            if not found.startswith(info.name[:6]):
                raise elsewise
            return found
        text = head.decode(info.name, "replace")
    except (LookupError, UnicodeError):
        names = "utf-8, utf-16 or cp1252"
        raise FileRefused(f"unknown encoding {wanted!r}: give {names}") from None
    if text.count("\ufffd") > len(text) / 20:
        raise elsewise
    return "utf-8-sig" if info.name == "utf-8" else info.name


def decode_sample(head: bytes, encoding: str) -> str:
    """The beginning as text; raises FileRefused when it is binary or another kind of text."""
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head)
    if len(_CONTROL.findall(text)) > len(text) / 50 or text.count("\0") > len(text) / 10:
        raise FileRefused(f"the file is binary, not a table: {_ADVICE}")
    if _MARKUP.match(text):
        raise FileRefused(f"the file is a web page or XML, not a table: {_ADVICE}")
    if _JSON.match(text):
        raise FileRefused(f"the file is JSON, not a table: {_ADVICE}")
    return text


def detect_delimiter(sample: str) -> str:
    """The delimiter by which most records have the same number of cells; a comma in doubt."""
    named = _SEP_LINE.match(sample)
    if named:
        return named[1]
    lines = io.StringIO(sample, newline=None).read(1 << 16)
    scores = [(_regularity(lines, delimiter), delimiter) for delimiter in _DELIMITERS]
    return max(scores, key=lambda scored: scored[0])[1]


def _regularity(sample: str, delimiter: str) -> tuple[float, int]:
    widths: Counter[int] = Counter()
    try:
        for cells in csv.reader(io.StringIO(sample), delimiter=delimiter):
            if not is_blank(cells):
                widths[len(cells)] += 1
    except csv.Error:
        pass  # a cell too big for the sample; what was counted before it still counts
    wide = [(count, width) for width, count in widths.items() if width > 1]
    if not wide:
        return 0.0, 0
    count, width = max(wide)
    return round(count / widths.total(), 1), width


def find_header(rows: Sequence[SourceRow]) -> int:
    """The line of the header among the first rows, 0 when the file has none.

    The row with most headings that we know; else the first row of words, with values below it.
    """
    rows = [row for row in rows if not is_blank(row.cells)]
    width = usual_width(rows)
    candidates = [row for row in rows[:HEADER_WITHIN] if row.line <= HEADER_WITHIN]
    candidates = [row for row in candidates if _may_be_header(row.cells, width)]
    best = max(candidates, key=lambda row: _known(row.cells), default=None)
    if best is not None and _known(best.cells) > 0:
        return best.line
    for row in candidates if width > 1 else []:
        below = [other.cells for other in rows if other.line > row.line][:20]
        if any(_holds_values(below, column) for column in range(len(row.cells))):
            return row.line
    return 0


def usual_width(rows: Sequence[SourceRow]) -> int:
    """The number of columns that rows fill: the many outweigh the few, the wide the narrow.

    So a few title lines don't hide a short table, and one strange row doesn't widen it.
    """
    widths = Counter(_filled_width(row.cells) for row in rows if not is_blank(row.cells))
    repeated = {width: count for width, count in widths.items() if count > 1} or widths
    return max(repeated, key=lambda width: repeated[width] ** 2 * width, default=0)


def is_sep_line(row: SourceRow) -> bool:
    """True for Excel's first line "sep=;"."""
    text = "".join(row.cells)
    return row.line == 1 and text.lower().startswith("sep=") and len(text) <= 5


def _filled_width(cells: list[str]) -> int:
    return next((at + 1 for at in reversed(range(len(cells))) if cells[at].strip()), 0)


def _may_be_header(cells: list[str], width: int) -> bool:
    filled = [cell.strip() for cell in cells if cell.strip()]
    if len(filled) < max(1, width / 2):
        return False
    return all(
        len(c) <= 200 and not _VALUE.fullmatch(c) and any(map(str.isalpha, c)) for c in filled
    )


def _known(cells: list[str]) -> int:
    return sum(without_number(fold_header(cell)) in KNOWN_HEADERS for cell in cells)


def _holds_values(rows: list[list[str]], column: int) -> bool:
    values = [cells[column].strip() for cells in rows if column < len(cells)]
    values = [value for value in values if value]
    return bool(values) and sum(_VALUE.fullmatch(v) is not None for v in values) * 2 >= len(values)
