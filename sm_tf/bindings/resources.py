"""Resources, which cost one message to Node each, and the state that Python keeps for each stack.

A resource is created with all values that are known. If values can change until synth, a function returns
them. It is called again whenever the stack is synthesized, and only changed values are sent. Attributes are
tokens, which are created together with the resource.
"""

import functools
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import jsii

from sm_tf.bindings.assembly import load_assembly
from sm_tf.bindings.core import IConstruct, TerraformProvider, TerraformStack
from sm_tf.bindings.messages import answering
from sm_tf.bindings.module_mode import for_module

Values = Mapping[str, Any]
Version = tuple[int, int, int]

OLDEST_PROVIDER: Version = (5, 100, 0)
"""The lowest version of the AWS provider that accepts everything that sm_tf writes by default."""


@dataclass(frozen=True)
class Map:
    """A map with names chosen by the user, such as tags. All other mappings are blocks of arguments."""

    entries: Mapping[str, Any]


@dataclass(frozen=True)
class Call:
    """A call of a Terraform function, named as in CDKTF's `Fn`, such as `Call("substr", text, 0, 8)`."""

    function: str
    arguments: tuple[Any, ...]

    def __init__(self, function: str, *arguments: Any) -> None:
        object.__setattr__(self, "function", function)
        object.__setattr__(self, "arguments", arguments)


@dataclass(frozen=True)
class Join:
    """A text in parts, some of which may be calls."""

    parts: tuple[Any, ...]

    def __init__(self, *parts: Any) -> None:
        object.__setattr__(self, "parts", parts)


@dataclass(frozen=True)
class Address:
    """The address of a resource, or of its attribute, as text for `replace_triggered_by`."""

    resource: "Resource"
    attribute: str | None = None


class Resource:
    """A resource or data source of the AWS provider, or a `terraform_data`.

    Args:
        scope: The parent construct.
        id: The id below the parent.
        below: The id of a construct between the two, which is created unless it exists.
        place: The place whose provider it uses, if the scope is a stack that has it once per provider.
        type: The Terraform type, such as `aws_sagemaker_model`, with the prefix `data.` for a data source.
        values: The arguments, by their names in Terraform. They include `depends_on` and `lifecycle`, which
            are merged with the user's settings on `object`. None leaves an argument out.
        attributes: The attributes to create tokens for, in `attributes`.
        inputs: The arguments to create tokens for, in `inputs`: text that doesn't refer to the resource.
    """

    def __init__(
        self,
        scope: IConstruct,
        id: str,
        type: str,
        values: Values | Callable[[], Values],
        *,
        attributes: Iterable[str] = (),
        inputs: Iterable[str] = (),
        below: str | None = None,
        place: "Place | None" = None,
    ) -> None:
        place = place or place_of(scope)
        self._render = values if callable(values) else None
        self._sent = values() if callable(values) else values
        attributes, inputs = tuple(attributes), tuple(inputs)
        request = {
            "type": type,
            "id": id,
            "below": below,
            "values": self._sent,
            "provider": place.provider,
            "region": place.region,
            "attributes": attributes,
            "inputs": inputs,
        }
        text, objects = _encode(request)
        self.handle, *tokens = json.loads(_kernel("make", scope, text, objects))
        self.attributes: dict[str, str] = dict(zip(attributes, tokens[: len(attributes)], strict=True))
        self.inputs: dict[str, str] = dict(zip(inputs, tokens[len(attributes) :], strict=True))
        if self._render:
            place.stack.late.append(self)

    def __getitem__(self, attribute: str) -> str:
        return self.attributes[attribute]

    @functools.cached_property
    def object(self) -> Any:
        """The object of the provider's class, which a user can change."""
        found = _kernel("get", self.handle)
        # Without this, an aspect that visits the resource would get another object.
        jsii._reference_map.register_reference(found)
        return found

    def changes(self) -> dict[str, Any]:
        """Return the values that changed since they were last sent. None resets an argument."""
        if self._render is None:
            return {}
        before, self._sent = self._sent, self._render()
        names = before.keys() | self._sent.keys()
        return {
            name: self._sent.get(name) for name in sorted(names) if self._sent.get(name) != before.get(name)
        }


@dataclass
class Stack:
    """The state that Python keeps for a stack."""

    element: TerraformStack
    path: str
    app: dict[Any, Any]
    late: list[Resource] = field(default_factory=list)
    checks: list[Callable[[], Mapping[str, list[str]]]] = field(default_factory=list)
    oldest_provider: Version = OLDEST_PROVIDER
    _once: dict[str | None, dict[Any, Any]] = field(default_factory=dict)
    _providers: dict[str | None, tuple[str | None, str]] = field(default_factory=dict)

    def require_provider(self, version: Version) -> None:
        """Require at least this version of the AWS provider."""
        self.oldest_provider = max(self.oldest_provider, version)

    def once(self, provider: TerraformProvider | None = None) -> dict[Any, Any]:
        """Return the objects that the stack has once per provider, under keys that their creators choose."""
        return self._once.setdefault(_reference(provider) if provider else None, {})

    def default_provider(self) -> tuple[str | None, str]:
        """Region and account of the AWS provider without an alias, as `Place` has them."""
        if None not in self._providers:
            found = json.loads(_kernel("providers", self.element))
            self._providers = {alias: (region, account) for alias, region, account in found}
        return self._providers.get(None, (None, ""))


@dataclass(frozen=True)
class Place:
    """The place of a construct: its stack, its path in the app, and its provider, or None for the stack's
    default provider.
    """

    stack: Stack
    path: str
    provider: TerraformProvider | None = None

    def below(self, id: str, provider: TerraformProvider | None = None) -> "Place":
        """Return the place of a child, which inherits the provider."""
        # The constructs library writes ids in paths like this.
        return Place(self.stack, f"{self.path}/{id.replace('/', '--')}", provider or self.provider)

    @property
    def once(self) -> dict[Any, Any]:
        """The objects that the stack has once for the place's provider."""
        return self.stack.once(self.provider)

    def shared_id(self, id: str) -> str:
        """Return the id of a construct that the stack has once per provider."""
        if self.provider is None:
            return id
        if "alias" not in self.once:
            self.once["alias"] = self.provider.alias
        return f"{id}-{self.once['alias']}"

    @property
    def region(self) -> str | None:
        """The region of the place's provider, a token perhaps; None where the program doesn't give it."""
        return self._described[0]

    @property
    def account(self) -> str:
        """A text that differs where the place's provider is told of another account."""
        return self._described[1]

    @property
    def _described(self) -> tuple[str | None, str]:
        if for_module():
            return None, ""
        if self.provider is None:
            return self.stack.default_provider()
        if "provider" not in self.once:
            _, region, account = json.loads(_kernel("provider", self.provider))
            self.once["provider"] = (region, account)
        described: tuple[str | None, str] = self.once["provider"]
        return described


_PLACES: dict[str, Place] = {}


def place_of(scope: IConstruct) -> Place:
    """Return the place of a construct. Node is asked once for each construct that isn't sm_tf's."""
    known: Place | None = getattr(scope, "place", None)
    if known is not None:
        return known
    reference = _reference(scope)
    if reference not in _PLACES:
        element, path = _kernel("place", scope)
        _PLACES[reference] = Place(_stack(element), path)
    return _PLACES[reference]


def between_stacks(preferred: Place, other: Place, make: Callable[[Place], None]) -> None:
    """Call `make` with one of two places in different stacks, at each synth.

    What it makes there refers to the other stack, and stacks can't read from each other. So the place is the
    preferred one, unless the stack of the other one reads from there already.
    """
    chosen: list[Place] = []
    app = preferred.stack.app

    def choose() -> dict[str, list[str]]:
        # All stacks are prepared to learn what they read, and ask for their final values then.
        if app.get(between_stacks):
            return {}
        if not chosen:
            app[between_stacks] = True
            try:
                reads = _kernel("reads", other.stack.element, preferred.stack.element)
            finally:
                app[between_stacks] = False
            chosen.append(other if reads else preferred)
        make(chosen[0])
        return {}

    for place in (preferred, other):
        place.stack.checks.append(choose)


def preset(scope: IConstruct, type: str, values: Values, *, of_all: bool = True) -> None:
    """Give the resources of a type below `scope` values that they lack: all of them, or sm_tf's own. If
    several scopes give a value, the nearest one decides.
    """
    _kernel("preset", scope, json.dumps({"type": type, "values": values, "of_all": of_all}))


_STACKS: dict[str, Stack] = {}
_APPS: dict[int, dict[Any, Any]] = {}


def _stack(element: TerraformStack) -> Stack:
    reference = _reference(element)
    if reference not in _STACKS:
        python = _Python()
        path, app = json.loads(_kernel("watch", element, python))
        python.stack = _STACKS[reference] = Stack(element, path, _APPS.setdefault(app, {}))
    return _STACKS[reference]


def _reference(construct: IConstruct) -> str:
    reference: str = construct.__jsii_ref__.ref  # type: ignore[attr-defined]
    return reference


class _Resources:
    """The class of the same name in assembly/resources.js."""

    __jsii_type__ = "sm-tf.Resources"


class _IPython(Protocol):
    @jsii.member(jsii_name="render")
    def render(self) -> Any: ...


_IPython.__jsii_type__ = "sm-tf.IPython"  # type: ignore[attr-defined]


@jsii.implements(_IPython)
class _Python:
    """Answers Node when a stack is synthesized."""

    stack: Stack

    def __init__(self) -> None:
        self._problems: dict[str, list[str]] = {}
        self._asked: int | None = None

    def render(self) -> dict[str, Any]:
        """Return what has changed, and the problems. Node asks several times in one synthesis."""
        with answering() as asked:
            changes, objects = ("{}", []) if asked == self._asked else self._render()
            self._asked = asked
        return {
            "changes": changes,
            "objects": objects,
            "problems": json.dumps(self._problems),
            "oldestProvider": ".".join(map(str, self.stack.oldest_provider)),
        }

    def _render(self) -> tuple[str, list[Any]]:
        stack = self.stack
        self._problems = {}
        for find in stack.checks:
            for path, found in find().items():
                self._problems.setdefault(path, []).extend(found)
        # Invalid values can't be rendered.
        late = [] if self._problems else stack.late
        changed = {resource.handle: resource.changes() for resource in late}
        return _encode({handle: values for handle, values in changed.items() if values})


def _encode(values: Any) -> tuple[str, list[Any]]:
    """Return the values as JSON, and the objects of Node that they contain."""
    objects: list[Any] = []

    def encode(value: Any) -> Any:
        match value:
            case Map():
                return {"$map": value.entries}
            case Resource():
                return {"$made": value.handle}
            case Address():
                return {"$address": [value.resource.handle, value.attribute]}
            case Call():
                return {"$call": [value.function, *value.arguments]}
            case Join():
                return {"$join": value.parts}
        objects.append(value)
        return {"$object": len(objects) - 1}

    return json.dumps(values, default=encode), objects


def _kernel(method: str, *arguments: Any) -> Any:
    _load()
    return jsii.kernel.sinvoke(_Resources, method, list(arguments))


@functools.cache
def _load() -> None:
    load_assembly()
    # The assembly creates objects of these classes.
    import cdktf_cdktf_provider_aws._jsii  # noqa: F401
