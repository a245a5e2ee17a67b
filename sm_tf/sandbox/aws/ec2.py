"""EC2: security group rules for all protocols can be updated without ports."""

from typing import Any

from moto.ec2.models import EC2Backend, ec2_backends

from sm_tf.sandbox.aws.extend import store_in


class NetworkBackend(EC2Backend):
    """Fills in the ports that a rule for all protocols does not have."""

    def modify_security_group_rules(self, group_id: str, rules: dict[str, dict[str, Any]]) -> None:
        """As moto does, with the ports of "-1" rules filled in."""
        for rule in rules.values():
            if str(rule.get("IpProtocol")) == "-1":
                rule.setdefault("FromPort", -1)
                rule.setdefault("ToPort", -1)
        super().modify_security_group_rules(group_id, rules)


def install() -> None:
    """Put this backend in the place of moto's."""
    store_in(ec2_backends, NetworkBackend)
