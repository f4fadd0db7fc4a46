"""A home for embedded servers, and its end."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.config.embedded_homes import clear


@pytest.fixture
def home() -> Iterator[Path]:
    """A home that the user of the servers can reach; servers left in it are stopped."""
    with tempfile.TemporaryDirectory(prefix="swb-test-") as folder:
        Path(folder).chmod(0o755)
        home = Path(folder) / "home"
        yield home
        clear(home)
