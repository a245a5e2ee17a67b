"""Methods of jsii's that a user's class overrides are called, though sm_tf looks at its own once."""

from collections.abc import Callable

import jsii
from cdktf import TerraformStack
from constructs import Construct

from sm_tf import ContainerDefinition, ContainerImage, Model

CONTAINER = ContainerDefinition(image=ContainerImage.from_ecr_repository("app", "1"))


class Named(Model):
    def to_string(self) -> str:
        return f"named {self.path}"


def test_what_a_users_class_overrides_counts(stack: TerraformStack) -> None:
    found = jsii._kernel._get_overides(Construct, Named(stack, "Model", containers=[CONTAINER]))
    assert [override.method for override in found] == ["toString"]


def test_also_if_it_comes_later(stack: TerraformStack) -> None:
    class Late(Model):
        pass

    assert jsii._kernel._get_overides(Construct, Late(stack, "One", containers=[CONTAINER])) == []
    Late.to_string = Named.to_string  # type: ignore[method-assign]
    found = jsii._kernel._get_overides(Construct, Late(stack, "Two", containers=[CONTAINER]))
    assert [override.method for override in found] == ["toString"]


def test_our_own_classes_are_looked_at_once(new_model: Callable[..., Model]) -> None:
    one, two = (jsii._kernel._get_overides(Construct, new_model(id)) for id in ("One", "Two"))
    assert one == two == []
