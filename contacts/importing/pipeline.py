"""Reads and stages rows in a thread of its own, while PostgreSQL works on the rows before."""

from __future__ import annotations

import gc
import queue
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager

from contacts.importing.staging import Candidate, Stager
from contacts.importing.table import SourceRow

Chunk = list[Candidate]
Rows = Generator[SourceRow, None, None]


class Pipeline:
    """Chunks of candidates in the order of the file; `get` raises what the reader raised.

    One Python at a time runs in a process: the reader would take its turns from the thread that
    decides, while PostgreSQL waits for both. So it reads a chunk when `read_on` is called, which
    is when PostgreSQL gets its work; else with the next `get`.
    """

    def __init__(self, rows: Rows, stage: Stager, chunk_rows: int) -> None:
        self._rows, self._stage, self._chunk_rows = rows, stage, chunk_rows
        self._ready: queue.Queue[Chunk | Exception | None] = queue.Queue()
        self._may_read = threading.Event()
        self._is_stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="import-reader", daemon=True)

    def get(self, timeout_s: float) -> Chunk | None:
        """Return the next chunk, empty when none is ready in time, None at the end."""
        if self._ready.empty():
            self._may_read.set()
        try:
            ready = self._ready.get(timeout=timeout_s)
        except queue.Empty:
            return []
        if isinstance(ready, Exception):
            raise ready
        return ready

    def read_on(self) -> None:
        """Let the reader prepare the next chunk."""
        self._may_read.set()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._is_stopped.set()
        self._may_read.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            for chunk in self._chunks():
                self._may_read.clear()
                if self._is_stopped.is_set():
                    return
                self._ready.put(chunk)
                self._may_read.wait()
            self._ready.put(None)
        except Exception as error:  # noqa: BLE001  it is the caller's, who raises it again
            self._ready.put(error)
        finally:
            self._rows.close()

    def _chunks(self) -> Iterator[Chunk]:
        chunk: Chunk = []
        stage = self._stage
        for row in self._rows:
            chunk.append(stage(row))
            if len(chunk) == self._chunk_rows:
                yield chunk
                chunk = []
        if chunk:
            yield chunk


@contextmanager
def staged(rows: Rows, stage: Stager, chunk_rows: int) -> Iterator[Pipeline]:
    """Run a pipeline as long as the block lasts."""
    pipeline = Pipeline(rows, stage, chunk_rows)
    with _tuned():
        pipeline.start()
        try:
            yield pipeline
        finally:
            pipeline.stop()


@contextmanager
def _tuned() -> Iterator[None]:
    """Python's defaults, changed for two threads over rows that come and go without cycles.

    To look for cycles among the rows took a quarter of the time. And after every statement the
    thread at the database waited its turn behind the reader, 5 ms by default.
    """
    thresholds, interval = gc.get_threshold(), sys.getswitchinterval()
    gc.freeze()
    gc.set_threshold(200_000, 50, 100)
    sys.setswitchinterval(0.0005)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
        gc.set_threshold(*thresholds)
        gc.unfreeze()
