"""Breaks things under work and counts what is lost: python -m tests.chaos [--contacts N].

Prints a table and a JSON line per scenario; exits 1 when a rule does not hold.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from tests.chaos.audit import Audit
from tests.chaos.cap import cap_races
from tests.chaos.crash import SHORT, USUAL, crash_run
from tests.chaos.poison import poison_run
from tests.lab.home import own_home

SCENARIOS = ("calm", "crash", "poison", "cap")
LONG = 5_000  # contacts, from which on the leases are the usual ones


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--contacts", type=int, default=10_000)
    parser.add_argument("--races", type=int, default=20, help="how often the cap is raced for")
    parser.add_argument("--only", choices=SCENARIOS, action="append", help="may be repeated")
    parser.add_argument("--no-faults", action="store_true", help="the same as --only calm")
    chosen = parser.parse_args()
    names = ["calm"] if chosen.no_faults else chosen.only or SCENARIOS
    if len(names) == 1:
        sys.exit(not play(names[0], chosen.contacts, chosen.races))
    sizes = ["--contacts", str(chosen.contacts), "--races", str(chosen.races)]
    command = [sys.executable, "-m", "tests.chaos", *sizes, "--only"]
    codes = [subprocess.run([*command, name], check=False).returncode for name in names]
    sys.exit(any(codes))


def play(name: str, contacts: int, races: int) -> bool:
    """Play one scenario on servers of its own; tell whether every rule holds."""
    pace = USUAL if contacts >= LONG and name in ("calm", "crash") else SHORT
    with own_home(**pace.settings()) as sandbox:
        scenarios: dict[str, Callable[[], Audit]] = {
            "calm": lambda: crash_run(sandbox, pace, contacts, is_calm=True),
            "crash": lambda: crash_run(sandbox, pace, contacts, is_calm=False),
            "poison": lambda: poison_run(sandbox),
            "cap": lambda: cap_races(sandbox, races),
        }
        return report(name, scenarios[name]())


def report(name: str, found: Audit) -> bool:
    """Print what was found; tell whether every rule holds."""
    is_ok = not found.problems
    print(f"\n{name}: {'ok' if is_ok else 'BROKEN'}")
    for key, value in found.figures.items():
        print(f"  {key:<26}{shown(value)}")
    for problem in found.problems:
        print(f"  !! {problem}")
    line = {"name": name, "is_ok": is_ok, "problems": found.problems, **found.figures}
    print(json.dumps(line), flush=True)
    return is_ok


def shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {held}" for key, held in value.items())
    return str(value)


if __name__ == "__main__":
    main()
