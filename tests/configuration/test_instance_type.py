from pathlib import Path

import pytest
from cdktf import TerraformVariable

from sm_tf import AcceleratorType, InstanceType, InvalidPropsError
from sm_tf.bindings.core import TerraformStack

TYPES = (Path(__file__).parent.parent / "data" / "instance_types.txt").read_text().split()


def test_there_is_a_constant_for_each_known_type() -> None:
    constants = {name for name in vars(InstanceType) if name.isupper()}
    assert len(TYPES) == 277
    assert constants == {
        name.removeprefix("ml.").replace(".", "_").replace("-", "_").upper() for name in TYPES
    }


@pytest.mark.parametrize("name", TYPES)
def test_a_constant_holds_the_name_that_it_is_called_after(name: str) -> None:
    constant = name.removeprefix("ml.").replace(".", "_").replace("-", "_").upper()
    assert str(getattr(InstanceType, constant)) == name


def test_types_are_equal_by_name() -> None:
    assert InstanceType.of("ml.m5.large") == InstanceType.M5_LARGE
    assert len({InstanceType.of("ml.m5.large"), InstanceType.M5_LARGE}) == 1


def test_a_type_without_a_constant_is_made_by_its_name() -> None:
    assert str(InstanceType.of("ml.x9-abc.metal-48xl")) == "ml.x9-abc.metal-48xl"


def test_an_expression_is_taken_as_it_is(stack: TerraformStack) -> None:
    text = TerraformVariable(stack, "type", type="string").string_value
    assert str(InstanceType.of(text)) == text
    assert str(InstanceType.of("${var.type}")) == "${var.type}"


@pytest.mark.parametrize(
    "name", ["m5.large", "ml.m5", "ML.M5.LARGE", "", "ml..large", "ml.m5.large ", "ml.m5_large"]
)
def test_other_forms_are_refused(name: str) -> None:
    with pytest.raises(InvalidPropsError, match=r"InstanceType: .* pass a name such as 'ml.m5.large'"):
        InstanceType.of(name)


@pytest.mark.parametrize("name", [name for name in TYPES if name.split(".")[1] in ("trn1", "trn1n", "trn2")])
def test_trainium_is_not_burstable(name: str) -> None:
    assert not InstanceType.of(name).is_burstable


@pytest.mark.parametrize("name", ["ml.t2.medium", "ml.t3.large", "ml.t3a.large", "ml.t4g.large"])
def test_t_families_are_burstable(name: str) -> None:
    assert InstanceType.of(name).is_burstable


def test_accelerators_have_the_same_rules() -> None:
    assert str(AcceleratorType.EIA2_MEDIUM) == "ml.eia2.medium"
    assert AcceleratorType.of("ml.eia1.xlarge") == AcceleratorType.EIA1_XLARGE
    with pytest.raises(InvalidPropsError, match=r"'eia2.medium' is not of the form ml"):
        AcceleratorType.of("eia2.medium")
