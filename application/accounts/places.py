"""Where a request came from, in words that its person can judge. Pure.

No table of the world's addresses: those are wrong as often as they are right, and somebody's own
network is what people recognise.
"""

from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

UNKNOWN: Final = "Unknown place"
HERE: Final = "This machine"
HOME: Final = "Your own network"

# RFC 1918 and 4193, link-local, and what carriers and Tailscale share (RFC 6598).
PRIVATE: Final[tuple[IPv4Network | IPv6Network, ...]] = tuple(
    ip_network(block)
    for block in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",
        "100.64.0.0/10",
        "fc00::/7",
        "fe80::/10",
    )
)
SHOWN: Final = {4: 24, 6: 48}  # what a provider hands out moves within these


def describe(address: str) -> str:
    """An address as "This machine", "Your own network", or the network that it lies in."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return UNKNOWN
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    if found.is_loopback:
        return HERE
    if any(found in block for block in PRIVATE if block.version == found.version):
        return HOME
    return str(ip_network(f"{found}/{SHOWN[found.version]}", strict=False))
