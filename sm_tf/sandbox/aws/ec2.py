"""EC2: a security group needs a VPC that exists; rules take new peers, and no ports."""

from typing import Any

from moto.ec2.models import EC2Backend, ec2_backends
from moto.ec2.models.security_groups import SecurityGroup

from sm_tf.sandbox.aws.extend import store_in


class NetworkBackend(EC2Backend):
    """Refuses security groups of missing VPCs, and adds ports to rules for all protocols."""

    def create_security_group(
        self, name: str, description: str, vpc_id: str | None = None, *args: Any, **kwargs: Any
    ) -> SecurityGroup:
        """As moto does, if the VPC exists."""
        if vpc_id:
            self.get_vpc(vpc_id)
        return super().create_security_group(name, description, vpc_id, *args, **kwargs)

    def modify_security_group_rules(self, group_id: str, rules: dict[str, dict[str, Any]]) -> None:
        """As moto does, with ports added to "-1" rules, and the peers that moto leaves as they were."""
        for rule in rules.values():
            if str(rule.get("IpProtocol")) == "-1":
                rule.setdefault("FromPort", -1)
                rule.setdefault("ToPort", -1)
        super().modify_security_group_rules(group_id, rules)
        group = self.get_security_group_by_name_or_id(group_id)
        assert group is not None
        for rule_id, new in rules.items():
            changed = group.get_rule(rule_id)
            assert changed is not None
            if peer := new.get("ReferencedGroupId"):
                changed.source_group = {**changed.source_group, "GroupId": peer}
            if cidr := new.get("CidrIpv6"):
                changed.ip_range["CidrIpv6"] = cidr
            if prefix_list := new.get("PrefixListId"):
                changed.prefix_list_id = prefix_list


def install() -> None:
    """Replace moto's backend."""
    store_in(ec2_backends, NetworkBackend)
