"""A client's address, passed on."""

from __future__ import annotations

import pytest
from gamedesk_chassis.client_address import opened, sealed, whose

KEY = "k" * 32


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1", "fe80::1%eth0"])
def test_an_address_passes_as_it_was(address: str) -> None:
    assert opened(KEY, sealed(KEY, address)) == address


def test_what_another_key_sealed_counts_for_nothing() -> None:
    seal = sealed(KEY, "192.0.2.1").partition(" ")[2]

    assert opened(KEY, sealed("x" * 32, "192.0.2.1")) is None
    assert opened(KEY, f"192.0.2.2 {seal}") is None, "a seal holds for its own address alone"
    for value in ("192.0.2.1", "", " ", f" {seal}", "192.0.2.1 é"):
        assert opened(KEY, value) is None, value


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:1", "2001:db8::/64"),
        ("testclient", "testclient"),
    ],
)
def test_a_client_with_a_whole_network_is_one_client(address: str, client: str) -> None:
    assert whose(address) == client
