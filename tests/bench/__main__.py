"""Measures what the design promises: python -m tests.bench [--quick] [--only NAME]; JSON lines."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module

from tests.bench.lookup_throughput import IN_HAND, PROCESSES
from tests.bench.report import Result
from tests.lab.home import own_home

NAMES = (
    "lookup_throughput", "engine_overhead_ms", "import_rows", "export_rows", "status_change",
    "changelist", "changelist_search", "contact_detail", "home",
    "runs", "run_items", "api_calls", "accounts", "imports", "rejected_rows", "exports",
    "companies", "pipeline_throughput", "contact_latency", "saved_by_reuse", "waterfall_cost",
    "estimate_accuracy", "spend", "webhook_ingest", "campaign_send", "crm_push",
)  # fmt: skip

Bench = Callable[..., Iterator[Result]]


def benches() -> Mapping[str, Bench]:
    return {name: import_module(f"tests.bench.{name}").run for name in NAMES}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the work")
    parser.add_argument("--only", choices=NAMES, help="one benchmark only")
    chosen = parser.parse_args()
    with own_home(
        SWITCHBOARD_WORKERS=str(PROCESSES), SWITCHBOARD_IN_FLIGHT=str(IN_HAND)
    ) as sandbox:
        for name, bench in benches().items():
            if chosen.only in (None, name):
                for result in bench(sandbox, is_quick=chosen.quick):
                    print(result.as_json(), flush=True)


if __name__ == "__main__":
    main()
