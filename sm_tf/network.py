"""Network access of models in a VPC: ports, and the rules of their security groups."""

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from sm_tf.bindings.aws import VpcSecurityGroupEgressRule, VpcSecurityGroupIngressRule
from sm_tf.bindings.core import Construct
from sm_tf.bindings.tokens import is_known
from sm_tf.errors import InvalidPropsError


class HasId(Protocol):
    """A resource or data source with an id, such as `SecurityGroup`, `DataAwsSubnet` or `Vpc`."""

    @property
    def id(self) -> str:
        """The id that AWS gave it."""


def id_of(resource: HasId | str) -> str:
    """The id of a resource, a data source, or the id itself."""
    return resource if isinstance(resource, str) else resource.id


@dataclass(frozen=True)
class Port:
    """A protocol and a range of ports, made by `Port.tcp(443)` and the like."""

    protocol: str
    from_port: int | None = None
    to_port: int | None = None

    @classmethod
    def tcp(cls, port: int) -> "Port":
        """One TCP port, 0 to 65535."""
        return cls.tcp_range(port, port)

    @classmethod
    def tcp_range(cls, start: int, end: int) -> "Port":
        """TCP ports from `start` to `end`, both included.

        Raises:
            InvalidPropsError: the range isn't inside 0 to 65535 or runs backwards.
        """
        if is_known(start) and is_known(end) and not 0 <= start <= end <= 65535:
            raise InvalidPropsError(
                "Port", [f"ports {start} to {end}: give a range inside 0 to 65535, lowest first"]
            )
        return cls("tcp", start, end)

    @classmethod
    def all_tcp(cls) -> "Port":
        """Every TCP port."""
        return cls("tcp", 0, 65535)

    @classmethod
    def all_traffic(cls) -> "Port":
        """Every protocol and port."""
        return cls("-1")


class Connections:
    """The security groups of a model in a VPC, and what may connect to it and where it may connect to.

    A peer is a security group (resource, data source or id), a CIDR block, a prefix list id, or anything that
    has `connections` itself, such as another model.
    """

    def __init__(self, scope: Construct, security_groups: Iterable[HasId | str]) -> None:
        self._scope = scope
        self._security_groups: list[HasId | str] = list(security_groups)
        self._on_change: list[Callable[[], None]] = []

    @property
    def security_groups(self) -> tuple[HasId | str, ...]:
        """The security groups, in the order in which they were added."""
        return tuple(self._security_groups)

    def add_security_group(self, *security_groups: HasId | str) -> None:
        """Put the model in more security groups; AWS allows five."""
        self._security_groups.extend(security_groups)
        for notify in self._on_change:
            notify()

    def on_change(self, notify: Callable[[], None]) -> None:
        """Call `notify` after a security group was added."""
        self._on_change.append(notify)

    def allow_from(self, peer: Any, port: Port, description: str | None = None) -> None:
        """Let `peer` connect to the model."""
        self._allow(VpcSecurityGroupIngressRule, "From", peer, port, description)

    def allow_to(self, peer: Any, port: Port, description: str | None = None) -> None:
        """Let the model connect to `peer`."""
        self._allow(VpcSecurityGroupEgressRule, "To", peer, port, description)

    def allow_from_any_ipv4(self, port: Port, description: str | None = None) -> None:
        """Let every IPv4 address that reaches the VPC connect to the model."""
        self.allow_from("0.0.0.0/0", port, description)

    def allow_to_any_ipv4(self, port: Port, description: str | None = None) -> None:
        """Let the model connect to every IPv4 address."""
        self.allow_to("0.0.0.0/0", port, description)

    def allow_internally(self, port: Port, description: str | None = None) -> None:
        """Let members of the model's security groups connect to each other."""
        for group in self._security_groups:
            self.allow_from(group, port, description)
            self.allow_to(group, port, description)

    def _allow(self, rule: Any, direction: str, peer: Any, port: Port, description: str | None) -> None:
        for group in self._security_groups:
            for target in _rule_targets(self._scope.node.path, peer):
                # The id tells the rule's content, so that adding one rule leaves the others where they are.
                content = (_label(group), _label(peer), *target, port)
                id = direction + hashlib.sha256(repr(content).encode()).hexdigest()[:8].upper()
                if self._scope.node.try_find_child(id) is None:
                    rule(
                        self._scope,
                        id,
                        security_group_id=id_of(group),
                        ip_protocol=port.protocol,
                        from_port=port.from_port,
                        to_port=port.to_port,
                        description=description,
                        **target,
                    )


def _label(peer: Any) -> str:
    if isinstance(peer, Connections):
        return ",".join(_label(group) for group in peer.security_groups)
    return peer if isinstance(peer, str) else str(peer.node.path)


def _rule_targets(where: str, peer: Any) -> list[dict[str, str]]:
    if hasattr(peer, "connections"):
        peer = peer.connections
    if isinstance(peer, Connections):
        return [{"referenced_security_group_id": id_of(group)} for group in peer.security_groups]
    if not isinstance(peer, str):
        return [{"referenced_security_group_id": id_of(peer)}]
    if re.fullmatch(r"[\d.]+/\d+", peer):
        return [{"cidr_ipv4": peer}]
    if re.fullmatch(r"[\da-fA-F:]+/\d+", peer):
        return [{"cidr_ipv6": peer}]
    if peer.startswith("pl-"):
        return [{"prefix_list_id": peer}]
    if peer.startswith("sg-") or not is_known(peer):
        return [{"referenced_security_group_id": peer}]
    allowed = (
        "a security group, its id (sg-…), a CIDR block, a prefix list id (pl-…) or something with connections"
    )
    raise InvalidPropsError(where, [f"{peer!r} is no peer; pass {allowed}"])
