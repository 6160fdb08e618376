"""Who reports, as far as it has to be known: one voice a reader, no names and no addresses."""

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass


@dataclass(frozen=True)
class Voice:
    """Two keyed hashes: of the reader, and of the network address the report came from."""

    voice: str
    source: str


@dataclass(frozen=True)
class Reader:
    """What a request tells of its reader. `name` is one that a program chose for itself."""

    address: str
    agent: str
    name: str | None = None

    @property
    def network(self) -> str:
        """The address, or for IPv6 the /64 that one subscriber has whole."""
        try:
            address = ipaddress.ip_address(self.address.partition("%")[0])
        except ValueError:
            return self.address
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
            return str(ipaddress.ip_network((address, 64), strict=False))
        return str(getattr(address, "ipv4_mapped", None) or address)

    def voice(self, key: str) -> Voice:
        """The hashes under a database's key."""
        who = f"name\0{self.name}" if self.name else f"seen\0{self.network}\0{self.agent}"
        return Voice(_hash(key, who)[:32], _hash(key, f"from\0{self.network}")[:16])


def _hash(key: str, text: str) -> str:
    return hmac.new(key.encode(), text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
