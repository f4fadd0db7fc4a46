"""The contracts that we did not write, and Prism, which serves them as mocks that judge us.

The folder is CONTRACTS_DIR, else ../shared/contracts. Where it or Prism (`make prism`) is absent
these tests skip and say so; with CI set they fail instead.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NoReturn

import pytest

ROOT = Path(__file__).parents[2]
PRISM = ROOT / ".prism/node_modules/.bin/prism"

Contract = Callable[[str], dict[str, Any]]
Mock = Callable[[str], str]


def absent(what: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def contracts_dir() -> Path:
    found = Path(os.environ.get("CONTRACTS_DIR") or ROOT.parent / "shared/contracts")
    if not found.is_dir():
        absent(f"no contracts in {found}: set CONTRACTS_DIR")
    return found


@pytest.fixture(scope="session")
def contract(contracts_dir: Path) -> Contract:
    """Read one contract by its path in the folder."""

    def read(path: str) -> dict[str, Any]:
        return dict(json.loads((contracts_dir / path).read_text()))

    return read


@pytest.fixture(scope="session")
def prism(contracts_dir: Path) -> Iterator[Mock]:
    """Serve a contract by its path in the folder; return the mock's address."""
    if not PRISM.exists() or not shutil.which("node"):
        absent("Prism is not installed: it needs node and npm, and then `make prism`")
    mocks: dict[str, str] = {}
    with ExitStack() as stack:

        def serve(path: str) -> str:
            if path not in mocks:
                mocks[path] = stack.enter_context(mocked(contracts_dir / path))
            return mocks[path]

        yield serve


@contextmanager
def mocked(contract: Path) -> Iterator[str]:
    with socket.socket() as held:
        # Bound and not listening: nobody else is given the port, and Prism may still have it.
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        with prism_at(held.getsockname()[1], contract) as url:
            yield url


@contextmanager
def prism_at(port: int, contract: Path) -> Iterator[str]:
    command = [str(PRISM), "mock", "-h", "127.0.0.1", "-p", str(port), str(contract)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    try:
        heard = []
        for line in process.stdout:
            heard.append(line)
            if "is listening" in line:
                break
        else:
            pytest.fail("Prism did not start:\n" + "".join(heard))
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=60)
