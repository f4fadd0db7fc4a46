"""Looks into a zip archive's directory before a byte is unpacked: one table, of an honest size."""

import struct
import zipfile
from typing import BinaryIO

from contacts.importing.table import FileRefused

MAX_UNPACKED = 2 << 30
# Real tables pack 5 to 30 times smaller; a file of one repeated byte, 1000 times.
MAX_RATIO = 200
RATIO_MATTERS_ABOVE = 50 << 20
# openpyxl keeps all shared strings in memory, at two to three times their size in the file.
MAX_SHARED = 40 << 20
_MAX_DIRECTORY = 8 << 20
_END_OF_DIRECTORY = b"PK\x05\x06"
_TABLE_ADVICE = "pack exactly one CSV, TSV or XLSX file"


def open_archive(file: BinaryIO) -> zipfile.ZipFile:
    """The archive with its directory read; FileRefused when damaged or absurdly long."""
    try:
        _check_directory_size(file)
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        if isinstance(error, FileRefused):
            raise
        raise FileRefused(f"the archive is damaged ({error}): pack the file again") from error


def is_workbook(archive: zipfile.ZipFile) -> bool:
    """True for an XLSX workbook, which is a zip archive too."""
    return "xl/workbook.xml" in archive.namelist()


def check_workbook(archive: zipfile.ZipFile) -> None:
    """Raises FileRefused when a workbook would not fit into memory."""
    parts = archive.infolist()
    _check_sizes(parts)
    for part in parts:
        is_sheet = part.filename.startswith("xl/worksheets/")
        if part.filename.endswith(".xml") and not is_sheet and part.file_size > MAX_SHARED:
            raise FileRefused(
                f"the workbook holds {part.file_size >> 20} MiB of different texts, more than the "
                f"{MAX_SHARED >> 20} MiB that are read from XLSX: save the sheet as CSV"
            )


def only_member(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    """The one table in an archive; FileRefused for none, several, nested, locked or a bomb."""
    members = [info for info in archive.infolist() if not _is_junk(info)]
    names = {info.filename for info in members}
    if "word/document.xml" in names or "ppt/presentation.xml" in names or "mimetype" in names:
        raise FileRefused("the file is an office document, not XLSX or CSV: save the table as one")
    if not members:
        raise FileRefused(f"the archive is empty: {_TABLE_ADVICE}")
    if len(members) > 1:
        listed = ", ".join(sorted(names)[:5])
        raise FileRefused(f"the archive holds {len(members)} files ({listed}): {_TABLE_ADVICE}")
    if members[0].flag_bits & 1:
        raise FileRefused("the archive has a password: pack the file without one")
    _check_sizes(members)
    return members[0]


def _is_junk(info: zipfile.ZipInfo) -> bool:
    """What macOS and Windows add to archives by themselves."""
    base = info.filename.rsplit("/", 1)[-1]
    hidden = base.startswith("._") or base in (".DS_Store", "Thumbs.db", "desktop.ini")
    return info.is_dir() or hidden or info.filename.startswith("__MACOSX/")


def _check_sizes(members: list[zipfile.ZipInfo]) -> None:
    size = sum(info.file_size for info in members)
    packed = sum(info.compress_size for info in members) or 1
    if size > MAX_UNPACKED:
        raise FileRefused(f"the file unpacks to {size >> 20} MiB, over 2 GiB: split the list")
    if size > RATIO_MATTERS_ABOVE and size / packed > MAX_RATIO:
        raise FileRefused(
            f"the file unpacks to {size / packed:.0f} times its size, as a zip bomb does: "
            "send the table itself"
        )


def _check_directory_size(file: BinaryIO) -> None:
    """zipfile would read a directory of millions of names into memory."""
    end = file.seek(0, 2)
    file.seek(max(0, end - (1 << 16) - 22))
    tail = file.read()
    at = tail.rfind(_END_OF_DIRECTORY)
    file.seek(0)
    if at < 0 or len(tail) < at + 16:
        raise FileRefused("the archive is cut short: copy or download it again")
    if struct.unpack_from("<L", tail, at + 12)[0] > _MAX_DIRECTORY:
        raise FileRefused(f"the archive lists too many files: {_TABLE_ADVICE}")
