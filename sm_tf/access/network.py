"""Network access of models in a VPC: ports, and the rules of their security groups."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any, Protocol

from sm_tf.bindings.aws import VpcSecurityGroupEgressRule, VpcSecurityGroupIngressRule
from sm_tf.bindings.core import Construct
from sm_tf.bindings.tokens import as_list, as_number, as_written, is_known, is_list_token
from sm_tf.foundation.errors import InvalidPropsError
from sm_tf.foundation.public import public


class HasId(Protocol):
    """A resource or data source with an id, such as `SecurityGroup`, `DataAwsSubnet` or `Vpc`."""

    @property
    def id(self) -> str:
        """The id that AWS gave it."""


def id_of(resource: HasId | str) -> str:
    """The id of a resource, a data source, or the id itself."""
    return resource if isinstance(resource, str) else resource.id


@public
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


MAX_SECURITY_GROUPS = 5
"""Security groups of a model (VpcConfig, SageMaker API reference)."""


@public
class Connections:
    """The security groups of a model in a VPC, and what may connect to it and where it may connect to.

    A peer is a security group (resource, data source or id), a CIDR block, a prefix list id, or anything that
    has `connections` itself, such as another model, whose security groups get the counterpart of each rule.
    """

    def __init__(self, scope: Construct, security_groups: Sequence[HasId | str]) -> None:
        self._scope = scope
        self._security_groups: list[HasId | str] = _each_once(as_list(security_groups))
        self._rules: list[_Rule] = []
        self._on_change: list[Callable[[], None]] = []

    @property
    def security_groups(self) -> tuple[HasId | str, ...]:
        """The security groups, in the order in which they were added."""
        return tuple(self._security_groups)

    def add_security_group(self, *security_groups: HasId | str) -> None:
        """Put the model in more security groups; what was allowed before is allowed for them too.

        Raises:
            InvalidPropsError: more than five altogether.
        """
        groups = _each_once([*self._security_groups, *security_groups])
        where = self._scope.node.path
        if is_list_token(groups):
            problem = "security_groups is a list that only Terraform knows; add the group to that list"
            raise InvalidPropsError(where, [problem])
        if len(groups) > MAX_SECURITY_GROUPS:
            problem = f"{len(groups)} security groups are given; at most {MAX_SECURITY_GROUPS} are allowed"
            raise InvalidPropsError(where, [problem])
        self._security_groups = groups
        for notify in self._on_change:
            notify()
        for rule in self._rules:
            self._apply(rule)
            if isinstance(rule.peer, Connections):
                rule.peer._apply(rule.seen_from(self))

    def on_change(self, notify: Callable[[], None]) -> None:
        """Call `notify` after a security group was added."""
        self._on_change.append(notify)

    def allow_from(self, peer: Any, port: Port, description: str | None = None) -> None:
        """Let `peer` connect to the model."""
        self._allow("From", peer, port, description)

    def allow_to(self, peer: Any, port: Port, description: str | None = None) -> None:
        """Let the model connect to `peer`."""
        self._allow("To", peer, port, description)

    def allow_from_any_ipv4(self, port: Port, description: str | None = None) -> None:
        """Let every IPv4 address that reaches the VPC connect to the model."""
        self.allow_from("0.0.0.0/0", port, description)

    def allow_to_any_ipv4(self, port: Port, description: str | None = None) -> None:
        """Let the model connect to every IPv4 address."""
        self.allow_to("0.0.0.0/0", port, description)

    def allow_internally(self, port: Port, description: str | None = None) -> None:
        """Let members of the model's security groups connect to each other."""
        self.allow_from(self, port, description)

    def _allow(self, direction: str, peer: Any, port: Port, description: str | None) -> None:
        rule = _Rule(direction, getattr(peer, "connections", peer), port, description)
        self._add(rule)
        if isinstance(rule.peer, Connections):
            rule.peer._add(rule.seen_from(self))

    def _add(self, rule: "_Rule") -> None:
        self._apply(rule)
        self._rules.append(rule)

    def _apply(self, rule: "_Rule") -> None:
        where = self._scope.node.path
        if is_list_token(self._security_groups):
            problem = "security_groups is a list that only Terraform knows; set the rules of those groups"
            raise InvalidPropsError(where, [problem])
        port = rule.port
        for target in _rule_targets(where, rule.peer):
            for group in self._security_groups:
                # The id tells the rule's content, so that adding one rule leaves the others where they are.
                group_label, peer_label = (
                    as_written(self._scope, text) for text in (id_of(group), target[1])
                )
                content = (group_label, target[0], peer_label, port.protocol, port.from_port, port.to_port)
                id = rule.direction + hashlib.sha256(repr(content).encode()).hexdigest()[:8].upper()
                if self._scope.node.try_find_child(id) is None:
                    _RESOURCE[rule.direction](
                        self._scope,
                        id,
                        security_group_id=id_of(group),
                        ip_protocol=port.protocol,
                        from_port=as_number(port.from_port),
                        to_port=as_number(port.to_port),
                        description=rule.description,
                        **dict([target]),
                    )


@dataclass(frozen=True)
class _Rule:
    direction: str
    peer: Any
    port: Port
    description: str | None

    def seen_from(self, side: Connections) -> "_Rule":
        """The rule's counterpart, for the security groups of its peer."""
        return _Rule("To" if self.direction == "From" else "From", side, self.port, self.description)


_RESOURCE: dict[str, Any] = {"From": VpcSecurityGroupIngressRule, "To": VpcSecurityGroupEgressRule}


def _each_once(security_groups: Iterable[HasId | str]) -> list[HasId | str]:
    return list(dict.fromkeys(security_groups))


def _rule_targets(where: str, peer: Any) -> list[tuple[str, str]]:
    """The peer as arguments of the provider's rules; several if it is in several security groups."""
    if isinstance(peer, Connections):
        return [("referenced_security_group_id", id_of(group)) for group in peer.security_groups]
    if not isinstance(peer, str):
        return [("referenced_security_group_id", id_of(peer))]
    if peer.startswith("sg-") or not is_known(peer):
        return [("referenced_security_group_id", peer)]
    if peer.startswith("pl-"):
        return [("prefix_list_id", peer)]
    try:
        network = ip_network(peer if "/" in peer else "")
    except ValueError:
        allowed = "a security group, its id (sg-…), a CIDR block, a prefix list id (pl-…) or a model in a VPC"
        raise InvalidPropsError(where, [f"{peer!r} is no peer; pass {allowed}"]) from None
    return [(f"cidr_ipv{network.version}", peer)]
