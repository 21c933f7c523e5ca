"""A secret that will not do ends the start at once, and says where it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from gamedesk_local.errors import CommandFailed, LocalError
from gamedesk_local.product import Product


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    product = Product(tmp_path)
    yield product
    product.stop()


@pytest.mark.parametrize(
    ("process", "entry", "variable"),
    [
        ("tickets-worker", "nats-tickets", "GAMEDESK_NATS_URL"),
        ("gateway", "gateway", "GAMEDESK_GATEWAY_KEY"),  # behind gunicorn, which would start it for ever
    ],
)
def test_a_process_that_refuses_a_secret_ends_the_start_and_names_its_entry(
    product: Product, process: str, entry: str, variable: str
) -> None:
    product.state.set_secret(entry, "changeme")
    with pytest.raises(LocalError) as refused:
        product._start([one for one in product.layout.programs() if one.name == process])
    assert f"{process} refuses its settings:" in refused.value.sentence
    assert f"{variable}: " in refused.value.sentence
    assert f"{variable} comes from {entry} in {product.state.secrets}." in refused.value.way_out
    assert "Delete that entry" in refused.value.way_out
    assert "changeme" not in str(refused.value)


def test_a_command_that_refuses_a_secret_names_its_entry(product: Product) -> None:
    product.state.set_secret("nats-admin", "changeme")
    with pytest.raises(CommandFailed, match="GAMEDESK_NATS_URL comes from nats-admin in ") as refused:
        product.run("catalog", "migrate")
    assert "changeme" not in str(refused.value)
    assert refused.value.exit_code == 2
