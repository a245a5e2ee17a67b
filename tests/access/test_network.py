import json
from pathlib import Path

import pytest
from cdktf import TerraformOutput, TerraformVariable
from cdktf_cdktf_provider_aws.data_aws_security_group import DataAwsSecurityGroup
from cdktf_cdktf_provider_aws.security_group import SecurityGroup

from sm_tf import InvalidPropsError, Model, Port

INGRESS, EGRESS = "aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"
VPC = {"vpc": "vpc-1", "vpc_subnets": ["subnet-1"]}


@pytest.fixture
def model(new_model):
    return new_model(**VPC, security_groups=["sg-1"])


def rules(content, kind):
    return list(content.resources(kind).values())


@pytest.mark.parametrize(
    ("peer", "field", "value"),
    [
        ("10.0.0.0/16", "cidr_ipv4", "10.0.0.0/16"),
        ("2001:db8::/32", "cidr_ipv6", "2001:db8::/32"),
        ("pl-123", "prefix_list_id", "pl-123"),
        ("sg-2", "referenced_security_group_id", "sg-2"),
        ("sg-${var.group}", "referenced_security_group_id", "sg-${var.group}"),
        ("pl-${var.list}", "prefix_list_id", "pl-${var.list}"),
        ("10.${var.net}.0.0/16", "cidr_ipv4", "10.${var.net}.0.0/16"),
        ("2001:db8:${var.net}::/48", "cidr_ipv6", "2001:db8:${var.net}::/48"),
        ("${var.group}", "referenced_security_group_id", "${var.group}"),
    ],
)
def test_a_peer_may_be_text(stack, synth, model, peer, field, value) -> None:
    model.connections.allow_from(peer, Port.tcp(443), "clients")
    assert synth(stack).only(INGRESS) == {
        "security_group_id": "sg-1",
        field: value,
        "ip_protocol": "tcp",
        "from_port": 443,
        "to_port": 443,
        "description": "clients",
    }


def test_a_peer_may_be_a_resource_or_a_data_source(stack, synth, model) -> None:
    model.connections.allow_to(SecurityGroup(stack, "One"), Port.tcp_range(1, 2))
    model.connections.allow_to(DataAwsSecurityGroup(stack, "Two"), Port.all_tcp())
    found = {rule["referenced_security_group_id"]: rule["to_port"] for rule in rules(synth(stack), EGRESS)}
    assert found == {"${aws_security_group.One.id}": 2, "${data.aws_security_group.Two.id}": 65535}


def test_a_peer_with_connections_gets_the_counterpart(stack, synth, model, new_model) -> None:
    other = new_model("Other", **VPC, security_groups=["sg-2", "sg-3"])
    model.connections.allow_to(other, Port.tcp(80))
    content = synth(stack)
    outgoing = {(r["security_group_id"], r["referenced_security_group_id"]) for r in rules(content, EGRESS)}
    incoming = {(r["security_group_id"], r["referenced_security_group_id"]) for r in rules(content, INGRESS)}
    assert outgoing == {("sg-1", "sg-2"), ("sg-1", "sg-3")}
    assert incoming == {("sg-2", "sg-1"), ("sg-3", "sg-1")}


def test_the_same_rule_twice_is_one(stack, synth, model) -> None:
    group = SecurityGroup(stack, "One")
    for _ in range(2):
        model.connections.allow_from(group, Port.tcp(80))
        model.connections.allow_from(group.id, Port.tcp(80))
    assert len(rules(synth(stack), INGRESS)) == 1


def test_any_address(stack, synth, model) -> None:
    model.connections.allow_from_any_ipv4(Port.tcp(80))
    model.connections.allow_to_any_ipv4(Port.all_traffic())
    content = synth(stack)
    assert content.only(INGRESS)["cidr_ipv4"] == content.only(EGRESS)["cidr_ipv4"] == "0.0.0.0/0"
    assert content.only(EGRESS).keys() == {"security_group_id", "cidr_ipv4", "ip_protocol"}


def test_members_may_talk_to_each_other(stack, synth, model) -> None:
    model.connections.allow_internally(Port.tcp(80))
    content = synth(stack)
    for kind in (INGRESS, EGRESS):
        rule = content.only(kind)
        assert rule["security_group_id"] == rule["referenced_security_group_id"] == "sg-1"


class TestAddedSecurityGroup:
    def test_stands_in_the_model_in_order(self, stack, synth, model) -> None:
        group = SecurityGroup(stack, "Late")
        model.connections.add_security_group(group, "sg-9")
        content = synth(stack).only("aws_sagemaker_model")
        groups = ["sg-1", "${aws_security_group.Late.id}", "sg-9"]
        assert content["vpc_config"]["security_group_ids"] == groups

    def test_has_the_rules_that_were_there(self, stack, synth, model, new_model) -> None:
        other = new_model("Other", **VPC, security_groups=["sg-2"])
        model.connections.allow_from_any_ipv4(Port.tcp(80))
        model.connections.allow_to(other, Port.tcp(81))
        model.connections.add_security_group("sg-9")
        other.connections.add_security_group("sg-8")
        content = synth(stack)
        assert {r["security_group_id"] for r in rules(content, INGRESS) if r["from_port"] == 80} == {
            "sg-1",
            "sg-9",
        }
        pairs = {(r["security_group_id"], r["referenced_security_group_id"]) for r in rules(content, EGRESS)}
        assert pairs == {(ours, theirs) for ours in ("sg-1", "sg-9") for theirs in ("sg-2", "sg-8")}
        pairs = {
            (r["referenced_security_group_id"], r["security_group_id"])
            for r in rules(content, INGRESS)
            if r["from_port"] == 81
        }
        assert pairs == {(ours, theirs) for ours in ("sg-1", "sg-9") for theirs in ("sg-2", "sg-8")}

    def test_is_the_same_when_it_is_there(self, model) -> None:
        model.connections.add_security_group("sg-1")
        assert model.connections.security_groups == ("sg-1",)

    def test_is_refused_as_the_sixth(self, model) -> None:
        model.connections.add_security_group("sg-2", "sg-3", "sg-4", "sg-5")
        with pytest.raises(
            InvalidPropsError, match="demo/Model: the model has 6 security groups; AWS takes 1 to 5"
        ):
            model.connections.add_security_group("sg-6")

    def test_is_refused_beside_a_list_that_terraform_knows(self, stack, new_model) -> None:
        groups = TerraformVariable(stack, "groups", type="list(string)").list_value
        model = new_model(**VPC, security_groups=groups)
        with pytest.raises(
            InvalidPropsError, match="only Terraform knows the security_groups; add the group"
        ):
            model.connections.add_security_group("sg-6")
        with pytest.raises(
            InvalidPropsError, match="only Terraform knows the security_groups; set the rules"
        ):
            model.connections.allow_to_any_ipv4(Port.tcp(80))


def test_the_address_of_a_rule_does_not_depend_on_the_program_around_it(new_stack, new_model) -> None:
    ids = set()
    for number in (0, 5):
        stack = new_stack(f"demo{number}")
        for extra in range(number):
            _ = TerraformVariable(stack, f"extra{extra}", type="string").string_value
        model = new_model(scope=stack, **VPC, security_groups=["sg-1"])
        model.connections.allow_from(SecurityGroup(stack, "One"), Port.tcp(80))
        ids.update(child.node.id for child in model.node.children if child.node.id.startswith("From"))
    assert len(ids) == 1


@pytest.mark.parametrize("peer", ["10.0.0.0/33", "10.0.0.1/16", "10.0.0.0", "everybody", ""])
def test_anything_but_a_peer_is_refused(model, peer) -> None:
    with pytest.raises(
        InvalidPropsError, match=r"demo/Model: .* is not a peer; pass a security group, its id \(sg-…\)"
    ):
        model.connections.allow_from(peer, Port.tcp(80))


@pytest.mark.parametrize(("start", "end"), [(-1, 5), (5, 4), (0, 65536)])
def test_ports_outside_their_range_are_refused(start, end) -> None:
    with pytest.raises(InvalidPropsError, match="must be a range within 0 to 65535, lowest first"):
        Port.tcp_range(start, end)


def test_ports_may_be_expressions(stack, synth, model) -> None:
    model.connections.allow_from(
        "sg-2", Port.tcp(TerraformVariable(stack, "port", type="number").number_value)
    )
    model.connections.allow_from("sg-3", Port.tcp("${var.other}"))
    assert {rule["from_port"] for rule in rules(synth(stack), INGRESS)} == {"${var.port}", "${var.other}"}


def test_descriptions_of_odd_paths_are_text_that_ec2_takes(stack, synth, container) -> None:
    Model(stack, "Modell-模型'\"", containers=[container()], **VPC)
    description = synth(stack).only("aws_security_group")["description"]
    assert description == "Network access of the model demo-modell"


class TestBetweenStacks:
    @pytest.fixture
    def pair(self, new_stack, new_model) -> list[Model]:
        """Two models in two stacks, whose security groups have the same address there."""
        return [new_model(scope=new_stack(id), **VPC) for id in ("one", "two")]

    def rules_of(self, app) -> dict[str, list[tuple[str, str]]]:
        """The groups of the rules on port 443 in each stack, egress first."""
        app.synth()
        return {
            name: [
                (rule["security_group_id"], rule["referenced_security_group_id"])
                for kind in (EGRESS, INGRESS)
                for rule in json.loads(file.read_text())["resource"].get(kind, {}).values()
                if rule.get("from_port") == 443
            ]
            for name in ("one", "two")
            for file in [Path(app.outdir, "stacks", name, "cdk.tf.json")]
        }

    def test_both_rules_are_in_the_stack_of_the_call(self, app, pair) -> None:
        one, two = pair
        two.connections.allow_to(one, Port.tcp(443))
        rules = self.rules_of(app)
        assert rules["one"] == []
        (egress, ingress) = rules["two"]
        assert egress == ingress[::-1]
        assert egress[0].startswith("${aws_security_group.")
        assert egress[1].startswith("${data.terraform_remote_state.")

    def test_they_are_in_the_other_stack_if_it_reads_from_this_one(self, app, pair) -> None:
        one, two = pair
        two.connections.allow_to(one, Port.tcp(443))
        TerraformOutput(one.node.scope, "Peer", value=two.model_name)
        rules = self.rules_of(app)
        assert rules["two"] == []
        assert len(rules["one"]) == 2

    def test_they_are_made_once(self, app, pair) -> None:
        one, two = pair
        for _ in range(2):
            two.connections.allow_to(one, Port.tcp(443))
            one.connections.allow_from(two, Port.tcp(443))
        rules = self.rules_of(app)
        assert [len(rules[name]) for name in ("one", "two")] == [0, 2]
        app.synth()

    def test_models_of_the_same_address_in_several_stacks_have_their_own(
        self, app, new_stack, new_model, pair
    ) -> None:
        one, two = pair
        third = new_model(scope=new_stack("three"), **VPC)
        for peer in (one, third):
            two.connections.allow_to(peer, Port.tcp(443))
        assert len(set(self.rules_of(app)["two"])) == 4

    def test_groups_that_are_added_have_them_too(self, app, pair) -> None:
        one, two = pair
        two.connections.allow_to(one, Port.tcp(443))
        two.connections.add_security_group("sg-9")
        one.connections.add_security_group("sg-8")
        assert len(set(self.rules_of(app)["two"])) == 8

    def test_a_refused_call_changes_nothing(self, app, new_model, pair) -> None:
        groups = TerraformVariable(pair[0].node.scope, "groups", type="list(string)").list_value
        closed = new_model("Closed", scope=pair[0].node.scope, **VPC, security_groups=groups)
        with pytest.raises(InvalidPropsError, match="one/Closed: only Terraform knows"):
            pair[1].connections.allow_to(closed, Port.tcp(443))
        assert self.rules_of(app) == {"one": [], "two": []}
