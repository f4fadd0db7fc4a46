"""A process that imports one file and tells how long it took and what it needed: FILE."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

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
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    told = {
        "seconds": round(seconds, 1),
        "peak_mib": round(sum(usage.ru_maxrss for usage in usages) / 1024),
        "cpu_s": round(sum(usage.ru_utime + usage.ru_stime for usage in usages), 1),
        **{name: getattr(made, name) for name in COUNTS},
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
