"""What an image is built for, as far as its repository and tag tell."""

import functools
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sm_tf.aws.tables import table


@dataclass(frozen=True, kw_only=True)
class ImageFacts:
    """The facts of an image; None where they aren't known.

    `repository` is its name without a registry's host. `accelerator` is `cpu`, `gpu` or `neuron`, `cuda` is
    130 for CUDA 13.0, and `architecture` is `x86_64` or `arm64`.
    """

    repository: str | None = None
    accelerator: str | None = None
    cuda: int | None = None
    architecture: str | None = None


def tags_of(repository: str) -> Collection[str]:
    """The newest tags of one of AWS's repositories; none where the table lacks it."""
    tags: Collection[str] = table("images")["repositories"].get(repository, {})
    return tags


def is_listed(repository: str, tag: str) -> bool:
    """Whether the table has a tag, or the tag that one like `…-v1.23` is a build of."""
    return tag in tags_of(repository) or _without_build(tag) in tags_of(repository)


@functools.cache
def image_facts(repository: str, tag: str, *, is_of_aws: bool) -> ImageFacts:
    """Return the facts of an image. AWS's images are for x86_64 unless their names say otherwise; those of
    others are known by the words in their names alone, such as `cu130` or `arm64`.
    """
    name = repository.rsplit("/", 1)[-1]
    tags = table("images")["repositories"].get(name, {})
    listed: list[Any] | None = tags.get(tag) or tags.get(_without_build(tag))
    accelerator, cuda = (*listed, None)[:2] if listed else _by_words(f"{name}-{tag}")
    return ImageFacts(
        repository=name,
        accelerator=accelerator,
        cuda=cuda,
        architecture=_architecture(f"{repository}-{tag}") or ("x86_64" if is_of_aws else None),
    )


_CUDA = re.compile(r"(?<![a-z0-9])cu(?:da)?-?(\d\d)(?:\.?(\d))?(?:\.\d+)?(?![a-z0-9])")
_WORD_OF_ACCELERATOR = {"cpu": "cpu", "gpu": "gpu", "cuda": "gpu", "neuron": "neuron", "neuronx": "neuron"}
_ARM = {"arm64", "aarch64", "graviton"}
_X86 = {"amd64", "x86"}


def _without_build(tag: str) -> str:
    return re.sub(r"-v\d+(?:\.\d+)*(?:-[\d-]+)?$", "", tag)


def _words(name: str) -> set[str]:
    return set(re.split(r"[^a-z0-9]+", name.lower()))


def _by_words(name: str) -> tuple[str | None, int | None]:
    if cuda := _CUDA.search(name.lower()):
        # Before CUDA 10, two digits are a whole version: cu92 is 9.2.
        return "gpu", int(cuda[1] + (cuda[2] or ("" if cuda[1] > "50" else "0")))
    found = {_WORD_OF_ACCELERATOR[word] for word in _words(name) if word in _WORD_OF_ACCELERATOR}
    return found.pop() if len(found) == 1 else None, None


def _architecture(name: str) -> str | None:
    words = _words(name)
    is_arm, is_x86 = bool(words & _ARM), bool(words & _X86)
    if is_arm == is_x86:
        return None
    return "arm64" if is_arm else "x86_64"
