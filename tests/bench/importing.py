"""A process that imports one file and tells how long it took and what it needed: FILE."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from tests.bench.report import peak_mib

COUNTS = ("created_count", "repeated_count", "rejected_count")


def main(file: Path) -> None:
    import django

    django.setup()
    from contacts.importing.service import create_import, start
    from contacts.importing.work import run_import

    began = time.monotonic()
    made = create_import(file)
    start(made, ring=False)
    made = run_import(made.pk)
    seconds = time.monotonic() - began
    assert made.state == "done", made.error
    usage = resource.getrusage(resource.RUSAGE_SELF)  # it works alone, in two threads
    told = {
        "seconds": round(seconds, 1),
        "peak_mib": peak_mib(),
        "cpu_s": round(usage.ru_utime + usage.ru_stime, 1),
        **{name: getattr(made, name) for name in COUNTS},
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
