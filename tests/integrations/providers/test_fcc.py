"""The files are read into an index once, by one process at a time, and again when they change."""

from __future__ import annotations

import asyncio
import fcntl
import zipfile
from pathlib import Path
from typing import Any, cast

import pytest

from integrations.errors import ContractBroken, Pending
from integrations.provider import Question
from integrations.providers.fcc import FCC, fixed_wireless
from integrations.providers.fcc.files import COLUMNS, Offer, index_of, place
from integrations.sandbox.fcc import Fcc
from tests.integrations.playing import PlayedGate, api_to

HEADER = ",".join(COLUMNS)
PLACE = {"latitude": "47.3", "longitude": "-122.25"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of files, whose index goes into a place of the test's own."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    found = tmp_path / "files"
    found.mkdir()
    return found


def write(folder: Path, name: str, *rows: str, header: str = HEADER) -> Path:
    file = folder / name
    file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return file


def offers(folder: Path, block: str = "530330001001000") -> list[Offer]:
    index = index_of(folder)
    assert index is not None
    return index.at(block)


def test_the_best_of_a_carrier_in_a_block_is_kept(folder: Path):
    houses = [f"Verizon,71,{speed},{speed // 10},530330001001000" for speed in (50, 300, 100)]
    write(folder, "wa.csv", *houses, "Verizon,40,900,35,530330001001000")

    assert offers(folder) == [Offer(71, "Verizon", 300, 30)]


def test_zips_byte_order_marks_and_lost_zeros_are_read(folder: Path):
    csv = write(folder, "ct.csv", "Verizon,50,940,,90010001001000", header="\ufeff" + HEADER)
    with zipfile.ZipFile(folder / "ct.zip", "w") as whole:
        whole.write(csv, "ct/ct.csv")
    csv.unlink()

    assert offers(folder, "090010001001000") == [Offer(50, "Verizon", 940, 0)]


def test_an_index_is_made_once_and_again_when_a_file_changes(folder: Path):
    write(folder, "wa.csv", "Verizon,71,50,5,530330001001000")
    offers(folder)
    made = place(folder.resolve()).stat().st_mtime_ns
    offers(folder)
    assert place(folder.resolve()).stat().st_mtime_ns == made

    write(folder, "or.csv", "Verizon,71,300,20,410330001001000")

    assert offers(folder, "410330001001000") == [Offer(71, "Verizon", 300, 20)]


def test_an_index_that_is_cut_off_is_made_again(folder: Path):
    write(folder, "wa.csv", "Verizon,71,50,5,530330001001000")
    offers(folder)
    place(folder.resolve()).write_bytes(b"SQLite format 3\x00 and no more")

    assert offers(folder) == [Offer(71, "Verizon", 50, 5)]


@pytest.mark.parametrize(
    ("header", "row", "why"),
    [
        ("name,speed", "x,1", "wa.csv has no column brand_name"),
        ("", "", "wa.csv has no column brand_name"),
        (HEADER, "Verizon,71,fast,5,530330001001000", "wa.csv, line 2"),
        (HEADER, "Verizon,71", "wa.csv, line 2"),
    ],
)
def test_a_file_that_is_none_of_the_fccs_is_named(folder: Path, header: str, row: str, why: str):
    write(folder, "wa.csv", row, header=header)

    with pytest.raises(ContractBroken, match=why):
        index_of(folder)


def test_a_zip_that_is_none_is_named(folder: Path):
    (folder / "wa.zip").write_bytes(b"no zip")

    with pytest.raises(ContractBroken, match=r"wa\.zip cannot be read"):
        index_of(folder)


def asked(folder: Path, gate: PlayedGate, memory: dict[str, Any]) -> Any:
    api = api_to(FCC, gate, memory, folder=str(folder))
    return asyncio.run(cast(Any, fixed_wireless(api, Question(PLACE))))


def test_while_another_process_reads_the_files_the_answer_comes_later(folder: Path):
    write(folder, "wa.csv", "Verizon,71,50,5,530330001001000")
    gate, memory = PlayedGate(Fcc()), {}
    with place(folder.resolve()).with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Pending) as pending:
            asked(folder, gate, memory)
    assert (pending.value.retry_after_s, len(gate.sent)) == (30, 0)

    facts = asked(folder, gate, memory)

    assert [fact.field for fact in facts][:2] == ["is_5g_home_available", "is_lte_home_available"]
    assert len(gate.sent) == 1


def test_new_files_are_seen_without_a_restart(folder: Path):
    write(folder, "or.csv", "Verizon,71,50,5,410330001001000")
    gate, memory = PlayedGate(Fcc()), {}
    assert asked(folder, gate, memory) == []

    write(folder, "wa.csv", "Verizon,71,50,5,530330001001000")

    assert len(asked(folder, gate, memory)) == 3


def test_a_broken_file_breaks_one_question_and_not_the_next_when_mended(folder: Path):
    write(folder, "wa.csv", header="no,columns")
    gate, memory = PlayedGate(Fcc()), {}
    for _ in range(2):
        with pytest.raises(ContractBroken):
            asked(folder, gate, memory)

    write(folder, "wa.csv", "Verizon,71,50,5,530330001001000")

    assert len(asked(folder, gate, memory)) == 3


def test_the_test_of_the_connection_counts_the_states(folder: Path):
    write(folder, "wa.csv", "Verizon,71,50,5,530330001001000")
    gate = PlayedGate(Fcc())
    assert FCC.trial is not None

    with_files = asyncio.run(cast(Any, FCC.trial(api_to(FCC, gate, folder=str(folder)))))
    without = asyncio.run(cast(Any, FCC.trial(api_to(FCC, gate))))

    assert with_files == "The FCC answers. The files tell of 1 state."
    assert without == "The FCC answers. No folder of availability files is named yet."
