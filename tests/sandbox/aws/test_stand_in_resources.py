"""Stand-ins have the ids and names that a program expects."""

import re
from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from sm_tf.sandbox.aws.stand_ins import STAND_IN_TAG
from sm_tf.sandbox.embedded_aws import EmbeddedAws, control
from sm_tf.sandbox.existing import Existing

REGION, ACCOUNT, OTHER = "eu-west-1", "123456789012", "999999999999"
ALLOW = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'
Client = Callable[[str], Any]
Make = Callable[..., list[str]]


@pytest.fixture
def make(embedded_aws: EmbeddedAws) -> Make:
    """Makes stand-ins; returns the names of those that were missing."""

    def make(*things: Existing) -> list[str]:
        wanted = [asdict(thing) for thing in things]
        answer = control(embedded_aws.endpoint_url, "POST", "stand_ins", wanted=wanted)
        assert answer["refused"] == []
        return [thing["name"] for thing in answer["made"]]

    return make


def thing(kind: str, name: str, *, region: str = REGION, account: str = ACCOUNT, **more: Any) -> Existing:
    return Existing(kind=kind, name=name, region=region, account=account, **more)


def id_of(prefix: str) -> str:
    return f"{prefix}-{uuid4().hex[:17]}"


def test_a_network_has_the_ids_that_are_named(make: Make, client: Client) -> None:
    vpc, subnet, group, table = map(id_of, ("vpc", "subnet", "sg", "rtb"))
    asked = (("association.subnet-id", (subnet,)),)
    network = [
        thing("route table", table, filters=asked),
        thing("security group", group, vpc=vpc),
        thing("subnet", subnet, vpc=vpc),
        thing("VPC", vpc),
    ]
    assert make(*network) == [vpc, subnet, group, table]
    ec2 = client("ec2")
    assert ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["VpcId"] == vpc
    assert ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["VpcId"] == vpc
    (found,) = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    assert found["VpcId"] == vpc
    # Programs put subnets and groups into it.
    assert ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["VpcId"] == vpc
    assert ec2.create_security_group(VpcId=vpc, GroupName="own", Description="own")["GroupId"]
    # They are made once.
    assert make(*network) == []


def test_what_a_data_source_asks_for_is_found_by_its_tags(make: Make, client: Client, name: str) -> None:
    vpc, subnets, group = map(id_of, ("vpc", "subnet", "sg"))
    network = [
        thing("VPC", vpc, filters=(("tag:Name", (name,)), ("cidr", ("10.7.0.0/16",)))),
        thing(
            "subnet",
            subnets,
            vpc=vpc,
            plural=True,
            filters=(("vpc-id", (vpc,)), ("tag:Tier", (f"*{name}*",))),
        ),
        thing("security group", group, vpc=vpc, filters=(("group-name", (name,)), ("vpc-id", (vpc,)))),
    ]
    assert len(make(*network)) == 3
    ec2 = client("ec2")
    (found,) = ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": [name]}])["Vpcs"]
    assert (found["VpcId"], found["CidrBlock"]) == (vpc, "10.7.0.0/16")
    several = ec2.describe_subnets(Filters=[{"Name": "tag:Tier", "Values": [f"*{name}*"]}])["Subnets"]
    assert len({subnet["AvailabilityZone"] for subnet in several}) == 3
    assert {subnet["VpcId"] for subnet in several} == {vpc}
    (group_found,) = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": [name]}])[
        "SecurityGroups"
    ]
    assert group_found["GroupId"] == group
    assert make(*network) == []


def test_what_the_user_has_made_is_taken(make: Make, client: Client, name: str) -> None:
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Name", "Value": name}])
    invented, subnet = id_of("vpc"), id_of("subnet")
    made = make(
        thing("VPC", invented, filters=(("tag:Name", (name,)),)),
        thing("subnet", subnet, vpc=invented, filters=(("vpc-id", (invented,)),)),
    )
    assert made == [subnet]
    assert ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["VpcId"] == vpc


def test_a_subnet_of_no_known_vpc_is_in_the_default_one(make: Make, client: Client) -> None:
    subnet = id_of("subnet")
    make(thing("subnet", subnet))
    ec2 = client("ec2")
    vpc = ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["VpcId"]
    assert ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["IsDefault"]


def test_an_id_without_a_stand_in_does_not_exist(client: Client) -> None:
    ec2, missing = client("ec2"), id_of("vpc")
    for call in (
        lambda: ec2.describe_vpcs(VpcIds=[missing]),
        lambda: ec2.create_subnet(VpcId=missing, CidrBlock="10.0.1.0/24"),
        lambda: ec2.create_security_group(VpcId=missing, GroupName="g", Description="g"),
    ):
        with pytest.raises(ClientError, match=rf"InvalidVpcID.NotFound.*{missing}"):
            call()
    with pytest.raises(ClientError, match=r"InvalidSubnetID.NotFound"):
        ec2.describe_subnets(SubnetIds=[id_of("subnet")])
    with pytest.raises(ClientError, match=r"InvalidGroup.NotFound"):
        ec2.describe_security_groups(GroupIds=[id_of("sg")])


def test_roles_trust_sagemaker_and_are_marked(make: Make, client: Client, name: str) -> None:
    assert make(thing("role", f"teams/{name}", region="")) == [f"teams/{name}"]
    role = client("iam").get_role(RoleName=name)["Role"]
    assert role["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/teams/{name}"
    assert STAND_IN_TAG in {tag["Key"] for tag in role["Tags"]}
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "sagemaker.amazonaws.com"}
    # Policies are put on it as usual.
    client("iam").put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=ALLOW)
    assert client("iam").list_role_policies(RoleName=name)["PolicyNames"] == ["p"]
    assert make(thing("role", name, region="")) == []


def test_users_groups_and_policies(make: Make, client: Client, name: str) -> None:
    kinds = ("user", "group", "policy", "role")
    assert len(make(*(thing(kind, name, region="") for kind in kinds))) == 4
    managed = thing("policy", "AmazonSageMakerReadOnly", region="", account="aws")
    make(managed)
    assert make(managed) == []
    iam = client("iam")
    assert iam.get_user(UserName=name)["User"]["UserName"] == name
    assert iam.get_group(GroupName=name)["Group"]["GroupName"] == name
    for arn in (f"arn:aws:iam::{ACCOUNT}:policy/{name}", "arn:aws:iam::aws:policy/AmazonSageMakerReadOnly"):
        iam.attach_role_policy(RoleName=name, PolicyArn=arn)


def test_keys_and_their_aliases(make: Make, client: Client, name: str) -> None:
    own, others = str(uuid4()), str(uuid4())
    made = make(thing("key", own), thing("key", others, account=OTHER), thing("alias", f"alias/{name}"))
    assert len(made) == 3
    kms = client("kms")
    assert kms.describe_key(KeyId=own)["KeyMetadata"]["KeyId"] == own
    arn = f"arn:aws:kms:{REGION}:{OTHER}:key/{others}"
    assert kms.describe_key(KeyId=arn)["KeyMetadata"]["Arn"] == arn
    assert kms.describe_key(KeyId=f"alias/{name}")["KeyMetadata"]["Enabled"]
    assert make(thing("key", own), thing("alias", f"alias/{name}")) == []


def test_repositories_and_images(make: Make, client: Client, name: str) -> None:
    assert len(make(thing("repository", f"team/{name}"), thing("image", f"{name}:1.0"))) == 2
    ecr = client("ecr")
    (found,) = ecr.describe_repositories(repositoryNames=[f"team/{name}"])["repositories"]
    assert found["repositoryUri"] == f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/team/{name}"
    (image,) = ecr.describe_images(repositoryName=name)["imageDetails"]
    assert image["imageTags"] == ["1.0"]
    assert make(thing("image", f"{name}:1.0"), thing("repository", name)) == []


def test_buckets_and_objects(make: Make, client: Client, name: str) -> None:
    assert len(make(thing("bucket", name), thing("object", f"{name}/a/model.tar.gz"))) == 2
    s3 = client("s3")
    assert s3.get_bucket_location(Bucket=name)["LocationConstraint"] == REGION
    assert s3.head_object(Bucket=name, Key="a/model.tar.gz")["ContentLength"]
    assert make(thing("object", f"{name}/a/model.tar.gz"), thing("bucket", name, region="us-east-1")) == []


def test_other_services(make: Make, client: Client, name: str) -> None:
    secret = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}-AbC123"
    things = [
        thing("topic", name),
        thing("topic", f"{name}.fifo", account=OTHER),
        thing("queue", name),
        thing("function", name),
        thing("secret", name, filters=(("arn", (secret,)),)),
        thing("parameter", f"/ml/{name}"),
        thing("parameter", f"/aws/service/{name}"),
        thing("log group", f"/ml/{name}"),
        thing("model package", f"{name}/3"),
    ]
    assert len(make(*things)) == len(things)
    for topic in (f"{ACCOUNT}:{name}", f"{OTHER}:{name}.fifo"):
        client("sns").get_topic_attributes(TopicArn=f"arn:aws:sns:{REGION}:{topic}")
    assert client("sqs").get_queue_url(QueueName=name)["QueueUrl"].endswith(name)
    function = client("lambda").get_function(FunctionName=name)["Configuration"]["FunctionArn"]
    assert function == f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"
    assert client("secretsmanager").get_secret_value(SecretId=name)["ARN"] == secret
    for parameter in (f"/ml/{name}", f"/aws/service/{name}"):
        assert client("ssm").get_parameter(Name=parameter)["Parameter"]["Value"]
    assert client("logs").describe_log_groups(logGroupNamePrefix=f"/ml/{name}")["logGroups"]
    package = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model-package/{name}/3"
    described = client("sagemaker").describe_model_package(ModelPackageName=package)
    assert (described["ModelPackageArn"], described["ModelApprovalStatus"]) == (package, "Approved")
    assert make(*things) == []


def test_what_aws_would_never_have_is_refused(embedded_aws: EmbeddedAws) -> None:
    wanted = [asdict(thing("bucket", "x")), asdict(thing("topic", "no topic"))]
    answer = control(embedded_aws.endpoint_url, "POST", "stand_ins", wanted=wanted)
    assert answer["made"] == []
    assert [refused["name"] for refused in answer["refused"]] == ["x", "no topic"]


def test_stand_ins_are_not_the_programs_calls(embedded_aws: EmbeddedAws, make: Make, name: str) -> None:
    make(thing("bucket", name), thing("role", name, region=""), thing("topic", name))
    assert not re.search(name, str(embedded_aws.calls()))
