"""Comments about what the arguments of a resource don't say by themselves."""

from collections.abc import Iterator, Mapping

from sm_tf.module.block import Block
from sm_tf.module.expression import Value

_DRAWN = "uuid()"
_SCRIPT = "build_and_push.sh"


def comments_of(resources: Mapping[str, Block]) -> dict[str, str]:
    """Return the comments of resources, by their addresses."""
    replaced: dict[str, list[str]] = {}
    for address, block in resources.items():
        for trigger in _lifecycle(block, "replace_triggered_by"):
            replaced.setdefault(trigger, []).append(address)
    sentences = {
        address: " ".join(_sentences(block, sorted(replaced.get(address, []))))
        for address, block in resources.items()
    }
    return {address: text for address, text in sentences.items() if text}


def _sentences(block: Block, replaced: list[str]) -> Iterator[str]:
    ignored = _lifecycle(block, "ignore_changes")
    if replaced and block.labels[0] == "terraform_data":
        yield f"When this changes, {_joined(replaced)} {'is' if len(replaced) == 1 else 'are'} replaced."
    for argument in ignored:
        if _DRAWN in str(block.arguments.get(argument, "")):
            yield (
                f"The end of the {argument} is random, so that a new one can be created before the old one "
                "is destroyed."
            )
    if bounds := [argument for argument in ignored if argument in ("min_capacity", "max_capacity")]:
        yield f"Scheduled actions set {_joined(bounds)}, so Terraform ignores the changes."
    if any(_SCRIPT in str(inside) for inside in block.blocks):
        yield "Builds the image and pushes it to Amazon ECR, unless it is there."


def _lifecycle(block: Block, argument: str) -> list[str]:
    for inside in block.blocks:
        if inside.type == "lifecycle":
            given: Value = inside.arguments.get(argument) or []
            return [str(each) for each in given] if isinstance(given, list) else [str(given)]
    return []


def _joined(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
