"""The tables of AWS's facts, against the API's own model and against each other."""

from typing import Any

import botocore.session
import pytest

from sm_tf.aws.images import image_facts
from sm_tf.aws.inference_amis import ami_facts, inference_amis
from sm_tf.aws.instance_types import facts_of, family_of, instance_types
from sm_tf.aws.registries import is_known_repository
from sm_tf.aws.tables import table

TABLES = ("images", "inference_amis", "instance_types", "registries")


@pytest.fixture(scope="module")
def api() -> Any:
    return botocore.session.get_session().get_service_model("sagemaker")


@pytest.mark.parametrize("name", TABLES)
def test_each_has_its_source_and_date(name: str) -> None:
    assert len(table(name)["date"]) == len("2026-11-25")
    assert len(table(name)["source"]) > 20


def test_the_instance_types_are_those_of_the_api(api: Any) -> None:
    assert set(instance_types()) == set(api.shape_for("ProductionVariantInstanceType").enum)


def test_the_amis_are_those_of_the_api(api: Any) -> None:
    assert set(inference_amis()) == set(api.shape_for("ProductionVariantInferenceAmiVersion").enum)


def test_what_accelerates_has_devices_and_nothing_else_has() -> None:
    for name in instance_types():
        facts = facts_of(name)
        assert facts is not None
        assert facts.vcpus > 0, name
        assert (facts.accelerator is None) == (facts.accelerators == 0), name
        assert (facts.accelerator == "neuron") == (facts.neuron_cores > 0), name


def test_the_families_of_amis_have_types() -> None:
    families = {family_of(name) for name in instance_types()}
    for ami in inference_amis():
        facts = ami_facts(ami)
        assert facts is not None
        assert (facts.families or frozenset()) <= families, ami
    assert set(table("inference_amis")["default_drivers"]) <= families


def test_a_repository_is_in_one_registry() -> None:
    found: list[str] = []
    for registry in table("registries")["tables"].values():
        found += registry["repositories"]
        for region, account in registry["accounts"].items():
            assert account.isdecimal(), region
            assert len(account) == 12, region
    assert len(found) == len(set(found))


def test_a_registry_has_the_repository_of_every_image() -> None:
    for repository, tags in table("images")["repositories"].items():
        assert is_known_repository(repository), repository
        for tag, (accelerator, *_) in tags.items():
            assert accelerator in ("cpu", "gpu", "neuron", None), (repository, tag)


@pytest.mark.parametrize(
    ("repository", "tag", "accelerator", "cuda", "architecture"),
    [
        ("team/app", "1.0", None, None, None),
        ("team/app", "cu130-py312", "gpu", 130, None),
        ("team/app", "cuda12.4", "gpu", 124, None),
        ("team/app", "12-cpu-arm64", "cpu", None, "arm64"),
        ("app-graviton", "latest", None, None, "arm64"),
        ("app", "gpu-and-cpu", None, None, None),
        ("app", "neuronx-sdk2.20", "neuron", None, None),
        ("app", "amd64", None, None, "x86_64"),
        ("cuckoo", "focus1", None, None, None),
    ],
)
def test_an_image_of_others_is_known_by_the_words_in_its_name(
    repository: str, tag: str, accelerator: str | None, cuda: int | None, architecture: str | None
) -> None:
    facts = image_facts(repository, tag, is_of_aws=False)
    assert (facts.accelerator, facts.cuda, facts.architecture) == (accelerator, cuda, architecture)
