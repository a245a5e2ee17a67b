"""Network access of models in a VPC: ports and security group rules."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

from sm_tf.access.provider_types import HasId
from sm_tf.aws.api_rules import sagemaker
from sm_tf.bindings.core import Construct
from sm_tf.bindings.resources import Place, Resource, Values, between_stacks, place_of
from sm_tf.bindings.template import readable
from sm_tf.bindings.tokens import as_list, as_number, as_written, is_known, is_list_token
from sm_tf.foundation.errors import InvalidPropsError, checking
from sm_tf.foundation.forms import shown
from sm_tf.foundation.public import public
from sm_tf.foundation.rules import check_count_rule
from sm_tf.foundation.texts import fits


def id_of(resource: HasId | str) -> str:
    """Return the id of a resource or data source, or the id itself."""
    return resource if isinstance(resource, str) else resource.id


@public
@dataclass(frozen=True)
class Port:
    """A protocol and a range of ports. Create one with `Port.tcp(443)` or a similar method."""

    protocol: str
    from_port: int | None = None
    to_port: int | None = None

    @classmethod
    def tcp(cls, port: int) -> "Port":
        """Return one TCP port, 0 to 65535."""
        return cls.tcp_range(port, port)

    @classmethod
    def tcp_range(cls, start: int, end: int) -> "Port":
        """Return the TCP ports from `start` to `end`, both included.

        Raises:
            InvalidPropsError: If the range isn't within 0 to 65535, or `end` is below `start`.
        """
        if is_known(start) and is_known(end) and not 0 <= start <= end <= 65535:
            raise InvalidPropsError(
                "Port", [f"start {start} to end {end} must be a range within 0 to 65535, lowest first"]
            )
        return cls("tcp", start, end)

    @classmethod
    def all_tcp(cls) -> "Port":
        """Return all TCP ports."""
        return cls("tcp", 0, 65535)

    @classmethod
    def all_traffic(cls) -> "Port":
        """Return all protocols and ports."""
        return cls("-1")


@public
class Connections:
    """The security groups of a model in a VPC, and the connections that they allow.

    A peer is a security group (resource, data source or id), a CIDR block, a prefix list id, or any object
    with `connections`, such as another model. The security groups of such an object get the counterpart of
    each rule.
    """

    def __init__(self, scope: Construct, security_groups: Sequence[HasId | str]) -> None:
        self._scope = scope
        place = place_of(scope)
        self._where = place.path
        self._security_groups: list[HasId | str] = []
        self._ids: list[str] = []
        self._extend(as_list(security_groups))
        self._rules: list[_Rule] = []
        self._place = place
        self._made: set[str] = place.stack.once().setdefault((Connections, place.path), set())

    def __repr__(self) -> str:
        return f"<Connections of {self._where}>"

    @property
    def security_groups(self) -> tuple[HasId | str, ...]:
        """The security groups, in the order in which they were added."""
        return tuple(self._security_groups)

    @property
    def security_group_ids(self) -> tuple[str, ...]:
        """The ids of the security groups, in the same order."""
        return tuple(self._ids)

    def add_security_group(self, *security_groups: HasId | str) -> None:
        """Add the model to more security groups. All rules apply to them too.

        Raises:
            InvalidPropsError: If the model has more than five, or a list that only Terraform knows.
        """
        groups = list(dict.fromkeys([*self._security_groups, *security_groups]))
        if is_list_token(groups):
            problem = "only Terraform knows the security_groups; add the group to that list instead"
            raise InvalidPropsError(self._where, [problem])
        with checking(self._where) as check:
            check_count_rule(
                check, "the model", len(groups), sagemaker("VpcSecurityGroupIds"), "security groups"
            )
        self._extend(security_groups)
        for rule in self._rules:
            self._make(self._rendered(rule))
            if isinstance(rule.peer, Connections):
                rule.peer._make(rule.peer._rendered(rule.seen_from(self)))

    def allow_from(self, peer: Any, port: Port, description: str | None = None) -> None:
        """Allow `peer` to connect to the model."""
        self._allow("From", peer, port, description)

    def allow_to(self, peer: Any, port: Port, description: str | None = None) -> None:
        """Allow the model to connect to `peer`."""
        self._allow("To", peer, port, description)

    def allow_from_any_ipv4(self, port: Port, description: str | None = None) -> None:
        """Allow all IPv4 addresses that reach the VPC to connect to the model."""
        self.allow_from("0.0.0.0/0", port, description)

    def allow_to_any_ipv4(self, port: Port, description: str | None = None) -> None:
        """Allow the model to connect to all IPv4 addresses."""
        self.allow_to("0.0.0.0/0", port, description)

    def allow_internally(self, port: Port, description: str | None = None) -> None:
        """Allow members of the model's security groups to connect to each other."""
        self.allow_from(self, port, description)

    def _allow(self, direction: str, peer: Any, port: Port, description: str | None) -> None:
        rule = _Rule(direction, getattr(peer, "connections", peer), port, description)
        if isinstance(rule.peer, Connections) and rule.peer._place.stack is not self._place.stack:
            self._allow_between_stacks(rule.peer, rule)
            return
        sides = [(self, rule)]
        if isinstance(rule.peer, Connections):
            sides.append((rule.peer, rule.seen_from(self)))
        rendered = [(side, each, list(side._rendered(each))) for side, each in sides]
        for side, each, resources in rendered:
            side._rules.append(each)
            side._make(resources)

    def _allow_between_stacks(self, peer: "Connections", rule: "_Rule") -> None:
        sides = [(self, rule), (peer, rule.seen_from(self))]
        for side, each in sides:
            list(side._rendered(each))
        made: set[str] = self._place.stack.app.setdefault(Connections, set())

        def make(place: Place) -> None:
            scope = self._scope if place is self._place else peer._scope
            for side, each in sides:
                # Equal references of two stacks are different groups.
                where = (side._place.stack.path, each.peer._place.stack.path)
                for rendered in side._rendered(each, where):
                    if rendered.id not in made:
                        made.add(rendered.id)
                        Resource(scope, rendered.id, rendered.type, rendered.values)

        between_stacks(self._place, peer._place, make)

    def _extend(self, groups: Iterable[HasId | str]) -> None:
        for group in groups:
            if group not in self._security_groups:
                self._security_groups.append(group)
                self._ids.append(id_of(group))

    def _make(self, rules: "Iterable[_RenderedRule]") -> None:
        for rule in rules:
            if rule.id not in self._made:
                self._made.add(rule.id)
                Resource(self._scope, rule.id, rule.type, rule.values)

    def _label(self, id: str) -> str:
        # Once another stack reads a reference, it is written differently there.
        labels: dict[str, str] = self._place.stack.once().setdefault(id_of, {})
        if id not in labels:
            labels[id] = as_written(self._scope, id)
        return labels[id]

    def _rendered(self, rule: "_Rule", where: tuple[str, ...] = ()) -> "Iterator[_RenderedRule]":
        """Yield the provider's rules, one for each pair of security groups; `where` are their stacks."""
        for side in (self, rule.peer):
            if isinstance(side, Connections) and is_list_token(side._security_groups):
                problem = "only Terraform knows the security_groups; set the rules of those groups instead"
                raise InvalidPropsError(side._where, [problem])
        port = rule.port
        for argument, peer in _rule_targets(self._where, rule.peer):
            for group in self._ids:
                # The id depends on the rule's content only, so adding a rule doesn't move the others.
                ports = (port.protocol, port.from_port, port.to_port)
                content = (self._label(group), argument, self._label(peer), *ports, *where)
                yield _RenderedRule(
                    id=rule.direction + hashlib.sha256(repr(content).encode()).hexdigest()[:8].upper(),
                    type=_TYPES[rule.direction],
                    values={
                        "security_group_id": group,
                        "ip_protocol": port.protocol,
                        "from_port": as_number(port.from_port),
                        "to_port": as_number(port.to_port),
                        "description": rule.description,
                        argument: peer,
                    },
                )


@dataclass(frozen=True)
class _RenderedRule:
    id: str
    type: str
    values: Values


@dataclass(frozen=True)
class _Rule:
    direction: str
    peer: Any
    port: Port
    description: str | None

    def seen_from(self, side: Connections) -> "_Rule":
        """Return the rule's counterpart for the security groups of its peer."""
        return _Rule("To" if self.direction == "From" else "From", side, self.port, self.description)


_TYPES = {"From": "aws_vpc_security_group_ingress_rule", "To": "aws_vpc_security_group_egress_rule"}


def _rule_targets(where: str, peer: Any) -> list[tuple[str, str]]:
    """Return the arguments of the provider's rules for a peer, one for each of its security groups."""
    if isinstance(peer, Connections):
        return [("referenced_security_group_id", id) for id in peer.security_group_ids]
    if hasattr(peer, "id"):
        return [("referenced_security_group_id", peer.id)]
    text = peer if isinstance(peer, str) else ""
    argument = next((argument for argument, form in _PEERS.items() if fits(form, text)), None)
    with suppress(ValueError):
        if argument and argument.startswith("cidr") and is_known(peer):
            ip_network(peer)
        if argument:
            return [(argument, peer)]
    allowed = "a security group, its id (sg-…), a CIDR block, a prefix list id (pl-…) or a model in a VPC"
    raise InvalidPropsError(
        where, [f"{readable(text) if text else shown(peer)} is not a peer; pass {allowed}"]
    )


# A whole reference is a security group, the first.
_PEERS = {
    "referenced_security_group_id": re.compile("sg-.*"),
    "prefix_list_id": re.compile("pl-.*"),
    "cidr_ipv4": re.compile(r"[\d.]+/\d+"),
    "cidr_ipv6": re.compile(r"[\da-fA-F:.]+/\d+"),
}
