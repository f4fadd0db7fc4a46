"""The inbox of a process: one thread writes what all its requests brought, in one statement.

A request waits until its events stand in the database. Committing for many at a time is what lets
a thousand a second be durable.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooSlow
from dataclasses import dataclass, field

import structlog
from django.db import DataError, InterfaceError, OperationalError, connection

from enrichment.engine.jsontext import json_text
from webhooks.arrival import Away, Event, Unreadable
from webhooks.urgent import is_urgent

log = structlog.get_logger(__name__)

MOST = 400  # events of one statement
PATIENCE_S = 8.0  # less than senders wait: Twilio hangs up after 15 s

INSERT = """
INSERT INTO webhooks_delivery (sender, event, kind, subject, payload, state, outcome, due_at)
SELECT sender, event, kind, subject, payload, 'waiting', '',
 -- Leads gather for a moment: what comes together is one import.
 CASE WHEN sender = 'leads' THEN now() + interval '10 s' ELSE now() END
FROM json_to_recordset(%s::json)
 AS v (sender text, event text, kind text, subject text, payload jsonb)
ON CONFLICT (sender, event) DO NOTHING
"""


@dataclass(slots=True)
class Letter:
    """The events of one request, and the promise that they stand."""

    sender: str
    events: Sequence[Event]
    stands: Future[None] = field(default_factory=Future)


class Inbox:
    """One per process; `ring` is called, in the writing thread, when something was written.

    `ring_urgent` is called as well where something of it is urgent.
    """

    def __init__(
        self, ring: Callable[[], None], ring_urgent: Callable[[], None] = lambda: None
    ) -> None:
        self._ring, self._ring_urgent = ring, ring_urgent
        self._lock = threading.Lock()
        self._letters: queue.SimpleQueue[Letter | None] = queue.SimpleQueue()
        self._pid = 0

    def put(self, sender: str, events: Sequence[Event]) -> None:
        """Return when the events stand. Raises Away, and Unreadable for what no row can hold."""
        self._open()
        letter = Letter(sender, events)
        self._letters.put(letter)
        try:
            letter.stands.result(PATIENCE_S)
        except TooSlow:
            raise Away("try again", retry_after_s=5) from None

    def close(self) -> None:
        """End the thread, once it has written what was put in."""
        if self._pid == os.getpid():
            self._letters.put(None)
            self._thread.join()
            self._pid = 0

    def _open(self) -> None:
        """Start the thread in this process: the web server forks after loading us."""
        if self._pid == os.getpid():
            return
        with self._lock:
            if self._pid != os.getpid():
                self._letters = queue.SimpleQueue()
                self._thread = threading.Thread(target=self._work, name="inbox", daemon=True)
                self._thread.start()
                self._pid = os.getpid()

    def _work(self) -> None:
        while first := self._letters.get():
            letters = [first]
            while len(letters) < MOST and not self._letters.empty():
                if (one := self._letters.get()) is None:
                    self._letters.put(None)
                    break
                letters.append(one)
            self._write(letters)
        connection.close()

    def _write(self, letters: Sequence[Letter]) -> None:
        try:
            write(letters)
        except DataError:
            self._write_apart(letters)
        except (OperationalError, InterfaceError) as failure:
            log.warning("deliveries_not_written", why=str(failure).split("\n")[0])
            connection.close()
            _end(letters, Away("try again", retry_after_s=5))
        except Exception:
            log.exception("deliveries_not_written")
            connection.close()
            _end(letters, Away("try again", retry_after_s=60))
        else:
            _end(letters, None)
            self._ring()
            if any(is_urgent(event) for letter in letters for event in letter.events):
                self._ring_urgent()

    def _write_apart(self, letters: Sequence[Letter]) -> None:
        """Find what the database refuses: the rest is written all the same."""
        if len(letters) == 1:
            _end(letters, Unreadable("there are characters in it that nothing can hold"))
            return
        middle = len(letters) // 2
        self._write(letters[:middle])
        self._write(letters[middle:])


def write(letters: Sequence[Letter]) -> None:
    """Write events down, each of them once."""
    rows = [
        {
            "sender": letter.sender,
            "event": event.id,
            "kind": event.kind,
            "subject": event.subject,
            "payload": event.payload,
        }
        for letter in letters
        for event in letter.events
    ]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [json_text(rows)])


def _end(letters: Sequence[Letter], failure: Exception | None) -> None:
    for letter in letters:
        if failure is None:
            letter.stands.set_result(None)
        else:
            letter.stands.set_exception(failure)
