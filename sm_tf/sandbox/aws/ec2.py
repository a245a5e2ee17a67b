"""EC2: updates of security group rules for all protocols need no ports."""

from typing import Any

from moto.ec2.models import EC2Backend, ec2_backends

from sm_tf.sandbox.aws.extend import store_in


class NetworkBackend(EC2Backend):
    """Adds ports to rules for all protocols."""

    def modify_security_group_rules(self, group_id: str, rules: dict[str, dict[str, Any]]) -> None:
        """As moto does, with ports added to "-1" rules."""
        for rule in rules.values():
            if str(rule.get("IpProtocol")) == "-1":
                rule.setdefault("FromPort", -1)
                rule.setdefault("ToPort", -1)
        super().modify_security_group_rules(group_id, rules)


def install() -> None:
    """Replace moto's backend."""
    store_in(ec2_backends, NetworkBackend)
