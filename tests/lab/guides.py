"""Guides that tests follow word by word, in a copy of the project."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SLOW_S = 1800


class Guide:
    """A page of docs/ and the code in it."""

    def __init__(self, name: str) -> None:
        self._text = (ROOT / "docs" / name).read_text()

    def block(self, kind: str, number: int = 0) -> str:
        """Return a block of code by what stands behind its fence."""
        return re.findall(rf"```{kind}\n(.*?)```", self._text, re.DOTALL)[number]


class Project:
    """A copy of the project in which a guide is followed."""

    def __init__(self, root: Path, *without: str) -> None:
        self.root = root
        tops = subprocess.run(
            ["git", "ls-files", "*.py", "pyproject.toml"], cwd=ROOT, capture_output=True,
            text=True, check=True,
        ).stdout.split()  # fmt: skip
        # While others compile, what is half written comes and goes.
        ignored = shutil.ignore_patterns(*without, "*.pyc.*")
        for name in {Path(each).parts[0] for each in tops}:
            there = ROOT / name
            if there.is_dir():
                # With what is compiled already: Python trusts it while times are kept.
                shutil.copytree(there, root / name, ignore=ignored)
            else:
                shutil.copy2(there, root / name)

    def put(self, path: str, text: str) -> None:
        """Write a new file."""
        there = self.root / path
        there.parent.mkdir(parents=True, exist_ok=True)
        with there.open("x") as file:
            file.write(text)

    def add(self, path: str, text: str, before: str) -> None:
        """Write text before the first place where this stands in a file."""
        there = self.root / path
        had = there.read_text()
        assert before in had, f"{path} has no {before!r}"
        there.write_text(had.replace(before, f"{text}{before}", 1))

    def add_lines(self, path: str, lines: str, before: str) -> None:
        """Put an import among the imports, and the second line before the list's end."""
        head, entry = lines.splitlines()
        package = head.split()[1].split(".")[0]
        self.add(path, f"{entry}\n", before)
        self.add(path, f"\n{head}", f"\nfrom {package}.")

    def run(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run Python there with these words."""
        return subprocess.run(
            [sys.executable, *words], cwd=self.root, capture_output=True, text=True,
            env={**os.environ, "PYTHONPATH": str(self.root), **more}, timeout=SLOW_S, check=False,
        )  # fmt: skip
