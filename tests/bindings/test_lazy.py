"""Prebuilt providers load one submodule at a time, and nothing else about them changes."""

import importlib
import importlib.metadata
import importlib.resources
import importlib.util
import inspect
import json
import pickle
import sys
from pathlib import Path

import cdktf_cdktf_provider_aws as aws
import pytest
from cdktf_cdktf_provider_aws import sns_topic

from sm_tf.bindings.node import find_node

PROGRAMS = Path(__file__).with_name("programs")
ROOT = "cdktf_cdktf_provider_aws"


@pytest.fixture(scope="module")
def both_ways(python, tmp_path_factory):
    """Synthesize many types lazily and plainly, on the same Node."""
    node = find_node()
    assert node is not None
    results = []
    for way in ("1", "0"):
        folder = tmp_path_factory.mktemp("synth")
        environment = {"SM_TF_LAZY_BINDINGS": way, "JSII_NODE": str(node.path)}
        result = python(PROGRAMS / "many_types.py", folder, environment=environment)
        files = {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        results.append((files, result))
    return results


class TestWhatIsWritten:
    def test_is_the_same_as_by_plain_loading(self, both_ways):
        (lazy, _), (plain, _) = both_ways
        assert lazy == plain

    def test_covers_many_types(self, both_ways):
        files, _ = both_ways[0]
        (stack,) = (json.loads(text) for path, text in files.items() if path.match("many/cdk.tf.json"))
        assert len({*stack["resource"], *stack["data"]}) >= 50

    def test_python_sees_the_same_objects(self, both_ways):
        (_, lazy), (_, plain) = both_ways
        assert lazy.output == plain.output
        assert json.loads(lazy.output)["same"]

    def test_gives_no_warning(self, both_ways):
        assert [result.warnings for _, result in both_ways] == [[], []]


@pytest.mark.parametrize(
    "first",
    [
        "import cdktf",
        "import constructs",
        "import jsii",
        "import cdktf_cdktf_provider_aws",
        "from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue",
        "import cdktf_cdktf_provider_aws._jsii",
        "import sm_tf",
        "from sm_tf.bindings.aws import SagemakerModel",
    ],
)
def test_whatever_is_imported_first(python, first):
    result = python(
        f"{first}\n"
        "import sys, cdktf, cdktf_cdktf_provider_aws as aws\n"
        "stack = cdktf.TerraformStack(cdktf.Testing.app(), 'a')\n"
        "aws.sns_topic.SnsTopic(stack, 'b')\n"
        "assert 'aws_sns_topic' in cdktf.Testing.synth(stack)\n"
        f"print(len([name for name in sys.modules if name.startswith('{ROOT}.')]))"
    )
    assert int(result.output) < 100
    assert result.warnings == []


def test_other_providers_gain_too(python):
    result = python(
        "import sys, cdktf, cdktf_cdktf_provider_random as random\n"
        "stack = cdktf.TerraformStack(cdktf.Testing.app(), 'a')\n"
        "random.pet.Pet(stack, 'b', length=2)\n"
        "print('random_pet' in cdktf.Testing.synth(stack), 'cdktf_cdktf_provider_random.uuid' in sys.modules)"
    )
    assert (result.output, result.warnings) == ("True False\n", [])


def test_two_providers_in_one_program(python):
    result = python(
        "import cdktf_cdktf_provider_random as random, cdktf_cdktf_provider_aws as aws, cdktf\n"
        "stack = cdktf.TerraformStack(cdktf.Testing.app(), 'a')\n"
        "pet = random.pet.Pet(stack, 'pet')\n"
        "aws.sns_topic.SnsTopic(stack, 'topic', name=pet.id)\n"
        "print('${random_pet.pet.id}' in cdktf.Testing.synth(stack))"
    )
    assert (result.output, result.warnings) == ("True\n", [])


class TestRootModule:
    def test_submodules_are_attributes(self):
        assert aws.sns_topic is sns_topic
        assert aws.data_aws_region.DataAwsRegion.__module__ == f"{ROOT}.data_aws_region"

    def test_lists_its_submodules_without_loading_them(self):
        assert {"sns_topic", "workspaces_directory"} <= set(dir(aws)) & set(aws.__all__)
        assert f"{ROOT}.workspaces_directory" not in sys.modules

    def test_has_no_other_attributes(self):
        with pytest.raises(AttributeError, match=f"module '{ROOT}' has no attribute 'nothing'"):
            _ = aws.nothing
        with pytest.raises(ImportError, match="cannot import name 'nothing'"):
            exec(f"from {ROOT} import nothing")
        with pytest.raises(ModuleNotFoundError, match=f"No module named '{ROOT}.nothing'"):
            importlib.import_module(f"{ROOT}.nothing")

    def test_is_found_where_it_is_installed(self):
        spec = importlib.util.find_spec(ROOT)
        assert spec is not None
        assert spec.origin == aws.__file__ == inspect.getsourcefile(aws)
        assert spec.submodule_search_locations == list(aws.__path__)
        assert importlib.metadata.version(ROOT) in {"21.22.1"}
        assert (importlib.resources.files(aws) / "py.typed").is_file()
        assert aws.__doc__.startswith("\n# CDKTF prebuilt bindings for hashicorp/aws")

    def test_stays_the_same_when_reloaded(self):
        assert importlib.reload(aws) is aws
        assert aws.sns_topic is sns_topic

    def test_classes_can_be_pickled(self):
        assert pickle.loads(pickle.dumps(sns_topic.SnsTopic)) is sns_topic.SnsTopic


def test_starting_python_loads_nothing_of_it(python):
    result = python("import sys; print(*{'sm_tf', 'sm_tf_lazy_bindings', 'jsii', 'typing'} & {*sys.modules})")
    assert result.output.split() == ["sm_tf_lazy_bindings"]


def test_loading_a_provider_loads_none_of_the_constructs(python):
    result = python(
        "import sys, cdktf_cdktf_provider_random\n"
        "print(*[name for name in sys.modules if name.startswith('sm_tf.') and 'bindings' not in name])"
    )
    assert result.output.split() == []


def test_can_be_turned_off(python):
    result = python(
        "import sys, sm_tf.bindings; print(*[finder for finder in sys.meta_path if 'sm_tf' in repr(finder)])",
        environment={"SM_TF_LAZY_BINDINGS": "0"},
    )
    assert result.output.strip() == ""
