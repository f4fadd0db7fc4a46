"""The guide to a new provider, followed word by word in a copy of the project."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contacts.killing import database_url

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs/adding-a-provider.md").read_text()
PARTS = (
    "config",
    "contacts",
    "dashboards",
    "domains",
    "webhooks",
    "enrichment",
    "integrations",
    "tests",
    "manage.py",
)
SLOW_S = 240


def block(kind: str, number: int = 0) -> str:
    return re.findall(rf"```{kind}\n(.*?)```", GUIDE, re.DOTALL)[number]


def add_lines(path: Path, lines: str, before: str) -> None:
    """Put an import among the imports, and the second line before the list's end."""
    head, entry = lines.splitlines()
    text = path.read_text()
    text = text.replace("\nfrom integrations.", f"\n{head}\nfrom integrations.", 1)
    path.write_text(text.replace(before, f"{entry}\n{before}", 1))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with the guide's provider in it, and nothing else changed."""
    copy = tmp_path_factory.mktemp("project")
    for name in (*PARTS, "pyproject.toml"):
        there = ROOT / name
        if there.is_dir():
            shutil.copytree(
                there,
                copy / name,
                ignore=shutil.ignore_patterns("__pycache__", Path(__file__).name),
            )
        else:
            shutil.copy(there, copy / name)
    (copy / "integrations/providers/tallyho.py").write_text(block("python"))
    (copy / "integrations/sandbox/tallyho.py").write_text(block("python", 1))
    add_lines(copy / "integrations/registry.py", block("registry"), "\n)\n\n")
    add_lines(copy / "integrations/sandbox/responders.py", block("responders"), "\n    )\n")
    recorded = copy / "tests/integrations/recorded/tallyho"
    recorded.mkdir()
    (recorded / "find_job.json").write_text(block("json"))
    return copy


def run(project: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(project), **more}
    return subprocess.run(
        [sys.executable, *words],
        cwd=project,
        env=env,
        capture_output=True,
        text=True,
        timeout=SLOW_S,
        check=False,
    )


def test_its_recorded_contract_and_its_part_of_the_sandbox_hold(project: Path):
    tested = run(
        project, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/integrations/providers",
        "-k", "tallyho",
    )  # fmt: skip

    assert tested.returncode == 0, tested.stdout[-3000:] + tested.stderr[-1000:]
    assert int(re.findall(r"(\d+) passed", tested.stdout)[-1]) >= 4


def test_the_list_of_providers_has_it(project: Path, transactional_db: None, settings):
    where = {"DATABASE_URL": database_url(), "REDIS_URL": settings.REDIS_URL}

    listed = run(project, "manage.py", "providers", "--json", **where)
    assert listed.returncode == 0, listed.stderr[-2000:]

    found = next(one for one in json.loads(listed.stdout) if one["provider"] == "tallyho")

    lookup = found["lookups"][0]
    assert (lookup["lookup"], lookup["needs"]) == ("tallyho.find_job", ["email"])
    assert (lookup["supplies"], lookup["price_usd"]) == (["company.name", "position"], "0.02")
    assert (found["circuit"], found["rate"]) == ("closed", [{"calls": 10, "per_s": 1.0}])
