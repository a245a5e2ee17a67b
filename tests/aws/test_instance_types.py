"""The table against what EC2 says of its types, as moto has it."""

import gzip
import json
from pathlib import Path

import moto
import pytest

from sm_tf import InstanceType
from sm_tf.aws.instance_types import gpus_of, vcpus_of

NOT_IN_MOTO = {"dl1", "p2", "p3", "p6e-gb200"}
TYPES = [getattr(InstanceType, name).name for name in InstanceType.__annotations__ if name.isupper()]


def test_the_capacity_of_every_type_is_what_ec2_says():
    path = Path(moto.__file__).parent / "ec2" / "resources" / "instance_types.json.gz"
    described = json.loads(gzip.decompress(path.read_bytes()))
    known = [name for name in TYPES if name.split(".")[1] not in NOT_IN_MOTO]
    assert len(known) > 200

    def by_ec2(name):
        found = described[name.removeprefix("ml.")]
        gpus = sum(gpu["Count"] for gpu in found.get("GpuInfo", {}).get("Gpus", []))
        return found["VCpuInfo"]["DefaultVCpus"], gpus

    found = {name: (vcpus_of(name), gpus_of(name)) for name in known}
    assert found == {name: by_ec2(name) for name in known}


@pytest.mark.parametrize(
    ("name", "vcpus", "gpus"),
    [
        ("ml.p2.xlarge", 4, 1),
        ("ml.p2.8xlarge", 32, 8),
        ("ml.p2.16xlarge", 64, 16),
        ("ml.p3.2xlarge", 8, 1),
        ("ml.p3.8xlarge", 32, 4),
        ("ml.p3.16xlarge", 64, 8),
        ("ml.dl1.24xlarge", 96, 0),
        ("ml.p6e-gb200.36xlarge", 144, 4),
        ("ml.c4.8xlarge", 36, 0),
        ("ml.t2.medium", 2, 0),
        ("ml.r7gd.medium", 1, 0),
        ("ml.inf2.24xlarge", 96, 0),
        ("ml.g99.2xlarge", 8, None),
        ("ml.g5.metal", None, None),
        ("ml.x9.metal", None, 0),
        ("ml.geospatial.interactive", None, 0),
        ("${var.type}", None, 0),
    ],
)
def test_capacity_by_the_name(name, vcpus, gpus):
    assert (vcpus_of(name), gpus_of(name)) == (vcpus, gpus)
