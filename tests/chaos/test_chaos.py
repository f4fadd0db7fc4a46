"""The chaos scenarios, each on servers of its own; `make chaos` has them longer."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

pytestmark = pytest.mark.chaos


def play(name: str, *options: str) -> dict[str, Any]:
    """Return the scenario's JSON line."""
    command = [sys.executable, "-m", "tests.chaos", "--only", name, *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=3600)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    assert len(lines) == 1, done.stdout + done.stderr
    return dict(json.loads(lines[0]))


def test_nothing_is_paid_twice_in_peace():
    found = play("calm", "--contacts", "600")

    assert found["problems"] == []
    assert (found["contacts"], found["paid_twice"]) == ({"completed": 600}, 0)


def test_nothing_is_lost_under_faults():
    found = play("crash", "--contacts", "2000")

    assert found["problems"] == []
    assert sum(found["contacts"].values()) == 2000
    assert found["paid_twice"] <= found["in_flight_at_kills"] + found["dropped"]


def test_poison_is_given_up_after_three_workers():
    found = play("poison")

    assert found["problems"] == []
    assert (found["state"], found["tries"]) == ("dead", 3)


def test_fifty_workers_never_pass_a_cap():
    found = play("cap", "--races", "4")

    assert found["problems"] == []
    assert found["workers"] == 50
    assert max(found["paid"]) == 1000
