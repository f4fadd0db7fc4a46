"""Reads the FCC's availability files into one small index, so that a block is found at once.

A state's file has millions of rows, one a house and carrier. The index keeps the best speeds of a
carrier in a block, for fibre and fixed wireless, in a SQLite file beside the system's temporary
ones; it is made again when a file of the folder has changed. One process makes it at a time.
"""

from __future__ import annotations

import csv
import fcntl
import io
import os
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from integrations.errors import ContractBroken

# Technology codes of the Broadband Data Collection (BDC specification, November 2026).
FIBER = 50
WIRELESS = frozenset({70, 71, 72})  # unlicensed, licensed, licensed by rule
KEPT = WIRELESS | {FIBER}
COLUMNS = (
    "brand_name", "technology", "max_advertised_download_speed", "max_advertised_upload_speed",
    "block_geoid",
)  # fmt: skip
CHUNK = 50_000
SCHEMA = """
CREATE TABLE offer (
    block TEXT, technology INTEGER, brand TEXT, down INTEGER, up INTEGER,
    PRIMARY KEY (block, technology, brand)
) WITHOUT ROWID;
CREATE TABLE held (state TEXT, technology INTEGER, PRIMARY KEY (state, technology));
CREATE TABLE source (fingerprint TEXT);
"""
Row = tuple[str, int, str, int, int]


@dataclass(frozen=True, slots=True)
class Offer:
    """The best that a carrier declares in a block by one technology; speeds as advertised."""

    technology: int
    brand: str
    download_mbps: int
    upload_mbps: int


class Index:
    """The offers by block; reads are single rows of a local file."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(f"file:{path}?mode=ro", uri=True, check_same_thread=False)

    def at(self, block: str) -> list[Offer]:
        """Return the offers in a block of 15 digits."""
        rows = self._db.execute(
            "SELECT technology, brand, down, up FROM offer WHERE block = ?", (block,)
        )
        return [Offer(*row) for row in rows]

    def technologies(self, state: str) -> frozenset[int]:
        """Return the technologies whose file of a state (two digits) was in the folder."""
        rows = self._db.execute("SELECT technology FROM held WHERE state = ?", (state,))
        return frozenset(technology for (technology,) in rows)

    def states(self) -> list[str]:
        return [state for (state,) in self._db.execute("SELECT DISTINCT state FROM held")]

    def __del__(self) -> None:
        self._db.close()


def index_of(folder: Path) -> Index | None:
    """Return the index of a folder, made where it is missing or old; None while others make it.

    Raises ContractBroken for a file that is none of the FCC's.
    """
    folder = folder.resolve()
    path = place(folder)
    with path.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return None
        if not _is_made(path, fingerprint(folder)):
            _make(folder, path)
    return Index(path)


def place(folder: Path) -> Path:
    """Return where the index of a folder is; of this user only."""
    own = Path(tempfile.gettempdir()) / f"switchboard-fcc-{os.getuid()}"
    own.mkdir(mode=0o700, exist_ok=True)
    return own / f"{blake2b(str(folder).encode(), digest_size=8).hexdigest()}.sqlite3"


def fingerprint(folder: Path) -> str:
    """Return what changes as soon as a file of the folder does."""
    stats = [(each.name, each.stat()) for each in _files(folder)]
    return "|".join(f"{name}:{stat.st_size}:{stat.st_mtime_ns}" for name, stat in stats)


def _files(folder: Path) -> list[Path]:
    return sorted(each for each in folder.iterdir() if each.suffix.lower() in (".csv", ".zip"))


def _is_made(path: Path, wanted: str) -> bool:
    if not path.exists():
        return False
    try:
        with closing(sqlite3.connect(path)) as db:
            return bool(db.execute("SELECT fingerprint FROM source").fetchone() == (wanted,))
    except sqlite3.DatabaseError:
        return False  # cut off half-way by an older version of us: made again


def _make(folder: Path, path: Path) -> None:
    """Write the index beside its place, then put it there in one step."""
    new = path.with_suffix(f".{os.getpid()}")
    new.unlink(missing_ok=True)
    with closing(sqlite3.connect(new)) as db:
        db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + SCHEMA)
        for file in _files(folder):
            for lines in _lines(file):
                _keep(db, _rows(file, lines))
        db.execute("INSERT INTO held SELECT DISTINCT substr(block, 1, 2), technology FROM offer")
        db.execute("INSERT INTO source VALUES (?)", (fingerprint(folder),))
        db.commit()
    new.replace(path)


def _keep(db: sqlite3.Connection, rows: Iterable[Row]) -> None:
    chunk: dict[tuple[str, int, str], tuple[int, int]] = {}
    for block, technology, brand, down, up in rows:
        key = (block, technology, brand)
        best = chunk.get(key, (0, 0))
        chunk[key] = (max(down, best[0]), max(up, best[1]))
        if len(chunk) >= CHUNK:
            _write(db, chunk)
    _write(db, chunk)


def _write(db: sqlite3.Connection, chunk: dict[tuple[str, int, str], tuple[int, int]]) -> None:
    db.executemany(
        "INSERT INTO offer VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
        " SET down = max(down, excluded.down), up = max(up, excluded.up)",
        ((*key, *best) for key, best in chunk.items()),
    )
    chunk.clear()


def _lines(file: Path) -> Iterator[Iterable[str]]:
    """Yield the text of a CSV file, or of each in a ZIP."""
    try:
        if file.suffix.lower() == ".csv":
            with file.open(encoding="utf-8-sig", newline="") as lines:
                yield lines
            return
        with zipfile.ZipFile(file) as whole:
            for name in whole.namelist():
                if name.lower().endswith(".csv"):
                    with whole.open(name) as inside:
                        yield io.TextIOWrapper(inside, encoding="utf-8-sig", newline="")
    except (zipfile.BadZipFile, UnicodeDecodeError) as why:
        raise ContractBroken(f"FCC: {file.name} cannot be read ({type(why).__name__})") from why


def _rows(file: Path, lines: Iterable[str]) -> Iterator[Row]:
    """Yield the rows of the technologies that are kept. Raises ContractBroken."""
    table = csv.reader(lines)
    header = next(table, [])
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise ContractBroken(f"FCC: {file.name} has no column {missing[0]}")
    brand, technology, down, up, block = (header.index(name) for name in COLUMNS)
    wanted = {str(code) for code in KEPT}
    try:
        for row in table:
            if row and row[technology] in wanted:
                yield (
                    row[block].zfill(15), int(row[technology]), row[brand],
                    int(row[down] or 0), int(row[up] or 0),
                )  # fmt: skip
    except (IndexError, ValueError, csv.Error) as why:
        raise ContractBroken(f"FCC: {file.name}, line {table.line_num}: {why}") from why
