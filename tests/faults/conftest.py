"""What several tests under faults need."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.harness.links import Links


@pytest.fixture
def links() -> Iterator[Links]:
    """No link yet; all that are added are closed in the end."""
    links = Links()
    yield links
    links.close()
