"""Where a request came from, passed on by a process that saw it to one that did not.

Anybody who reaches a port can send a header. So who passes an address on seals it with a key that the two share; what
is not sealed with it counts for nothing, and the connection's own address holds.
"""

from __future__ import annotations

import hmac
from ipaddress import IPv6Address, ip_address, ip_network

HEADER = "x-client-address"


def sealed(key: str, address: str) -> str:
    """The header's value for an address."""
    return f"{address} {_seal(key, address)}"


def opened(key: str, value: str) -> str | None:
    """The address in a header's value, None unless it was sealed with the same key."""
    address, _, seal = value.rpartition(" ")
    return address if address and hmac.compare_digest(_seal(key, address).encode(), seal.encode()) else None


def whose(address: str) -> str:
    """One client, for counting: an IPv4 address, or the /64 that an IPv6 client has to himself."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or ip_network((parsed, 64), strict=False))


def _seal(key: str, address: str) -> str:
    return hmac.digest(key.encode(), f"client address {address}".encode(), "sha256").hex()
