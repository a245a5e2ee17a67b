"""Comments in modules."""

from sm_tf.module.block import Block
from sm_tf.module.comments import comments_of
from sm_tf.module.expression import Raw


def lifecycle(**arguments: list[str]) -> Block:
    return Block("lifecycle", (), {name: [Raw(each) for each in given] for name, given in arguments.items()})


def resource(type: str, *blocks: Block, **arguments: str) -> Block:
    return Block("resource", (type, "it"), arguments, blocks)


def test_a_random_name_says_why() -> None:
    model = resource(
        "aws_sagemaker_model", lifecycle(ignore_changes=["name"]), name="scorer-${substr(uuid(), 0, 8)}"
    )
    given = resource("aws_sagemaker_model", lifecycle(ignore_changes=["name"]), name="scorer")
    why = "The end of the name is random, so that a new one can be created before the old one is destroyed."
    assert comments_of({"a": model, "b": given}) == {"a": why}


def test_a_trigger_names_what_it_replaces() -> None:
    trigger = resource("terraform_data")
    replaced = resource("aws_sagemaker_model", lifecycle(replace_triggered_by=["terraform_data.it"]))
    assert comments_of({"terraform_data.it": trigger, "m.one": replaced}) == {
        "terraform_data.it": "When this changes, m.one is replaced."
    }
    assert comments_of({"terraform_data.it": trigger, "m.two": replaced, "m.one": replaced}) == {
        "terraform_data.it": "When this changes, m.one and m.two are replaced."
    }
    other = resource("aws_sns_topic")
    assert comments_of({"terraform_data.it": other, "m.one": replaced}) == {}


def test_scheduled_bounds_and_builds_say_who_acts() -> None:
    target = resource("aws_appautoscaling_target", lifecycle(ignore_changes=["min_capacity", "max_capacity"]))
    script = Block("provisioner", ("local-exec",), {"command": "${path.module}/assets/build_and_push.sh"})
    assert comments_of({"a": target, "b": resource("terraform_data", script)}) == {
        "a": "Scheduled actions set min_capacity and max_capacity, so Terraform ignores the changes.",
        "b": "Builds the image and pushes it to Amazon ECR, unless it is there.",
    }
    assert comments_of({"a": resource("aws_sns_topic", name="plain")}) == {}
