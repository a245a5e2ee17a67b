from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"UserIdGroupPairs": [{"GroupId": "one"}]}, {"ReferencedGroupId": "two"}),
        ({"IpRanges": [{"CidrIp": "10.0.0.0/16"}]}, {"CidrIpv4": "10.1.0.0/16"}),
        ({"Ipv6Ranges": [{"CidrIpv6": "fd00::/16"}]}, {"CidrIpv6": "fd01::/16"}),
    ],
)
def test_a_rule_gets_another_peer(
    client: Callable[[str], Any], name: str, first: dict[str, Any], second: dict[str, Any]
) -> None:
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    ids = {
        each: ec2.create_security_group(GroupName=f"{name}-{each}", Description="x", VpcId=vpc)["GroupId"]
        for each in ("own", "one", "two")
    }
    for pair in first.get("UserIdGroupPairs", []):
        pair["GroupId"] = ids[pair["GroupId"]]
    second = {key: ids.get(value, value) for key, value in second.items()}
    permission = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    made = ec2.authorize_security_group_ingress(GroupId=ids["own"], IpPermissions=[{**permission, **first}])
    id = made["SecurityGroupRules"][0]["SecurityGroupRuleId"]
    rule = {**permission, **second}
    ec2.modify_security_group_rules(
        GroupId=ids["own"],
        SecurityGroupRules=[{"SecurityGroupRuleId": id, "SecurityGroupRule": rule}],
    )
    (found,) = ec2.describe_security_group_rules(SecurityGroupRuleIds=[id])["SecurityGroupRules"]
    peer = found.get("ReferencedGroupInfo", {}).get("GroupId") or found.get("CidrIpv4") or found["CidrIpv6"]
    assert [peer] == list(second.values())
