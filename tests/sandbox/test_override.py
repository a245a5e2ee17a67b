from typing import Any

from sm_tf.sandbox.override import override, provider_pin

URL = "http://127.0.0.1:1"


def of(stack: dict[str, Any], **options: Any) -> dict[str, Any]:
    return override(stack, **{"endpoint_url": URL, "pin": None, "siblings": {}, "skipped": [], **options})


def pinned(version: str | None, *available: str) -> tuple[str, str] | None:
    required = {"aws": {"source": "aws", **({"version": version} if version else {})}}
    pin = provider_pin({"terraform": {"required_providers": required}}, available)
    return (pin.asked, pin.used) if pin else None


def test_every_provider_block_is_led_to_the_embedded_aws() -> None:
    providers = [{"region": "eu-west-1", "profile": "p"}, {"alias": "other", "allowed_account_ids": ["1"]}]
    main, other = of({"provider": {"aws": providers}})["provider"]["aws"]
    for block in (main, other):
        assert set(block["endpoints"][0].values()) == {URL}
        assert block["profile"] is None
        assert block["max_retries"] == 2
    assert "region" not in main
    assert other["alias"] == "other"
    assert other["allowed_account_ids"] == ["123456789012"]


def test_a_stack_without_provider_block_gets_one_when_it_uses_aws() -> None:
    assert len(of({"resource": {"aws_sns_topic": {}}})["provider"]["aws"]) == 1
    assert "provider" not in of({"resource": {"terraform_data": {}}})


def test_a_provider_under_another_local_name_is_found() -> None:
    required = {"amazon": {"source": "hashicorp/aws", "version": "6.0.0"}}
    assert list(of({"terraform": {"required_providers": required}})["provider"]) == ["amazon"]


def test_state_stays_in_the_sandbox_whatever_the_backend() -> None:
    stack = {"terraform": {"cloud": {"organization": "o"}}}
    assert of(stack)["terraform"]["backend"] == {"local": {"path": "terraform.tfstate"}}


def test_references_to_other_stacks_read_their_state_in_the_sandbox() -> None:
    states = {
        "cross-stack-reference-input-network": {"backend": "s3", "config": {"bucket": "b"}},
        "elsewhere": {"backend": "s3", "config": {"bucket": "b"}},
    }
    stack = {"data": {"terraform_remote_state": states}}
    data = of(stack, siblings={"network": "../network/terraform.tfstate", "work": "../work"})["data"]
    assert data["terraform_remote_state"] == {
        "cross-stack-reference-input-network": {
            "backend": "local",
            "config": {"path": "../network/terraform.tfstate"},
            "workspace": "default",
        }
    }


def test_a_pin_that_can_be_satisfied_stands() -> None:
    assert pinned(">= 5.100.0, < 7.0.0", "5.100.0") is None
    assert pinned("5.100.0", "5.99.0", "5.100.0") is None
    assert pinned(None, "5.100.0") is None


def test_a_pin_that_cannot_gives_way_to_the_newest_release_here() -> None:
    assert pinned("6.25.0", "5.99.0", "5.100.0") == ("6.25.0", "5.100.0")


def test_pins_stand_when_only_the_registry_knows_the_releases() -> None:
    assert pinned("6.25.0") is None


def test_image_builds_can_be_left_out() -> None:
    resource = of({}, skipped=["Build"])["resource"]["terraform_data"]["Build"]
    assert "builds no images" in resource["provisioner"][0]["local-exec"]["command"]
