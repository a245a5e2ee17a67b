from sm_tf.project.terraform_plan import plan_from


def change(action: str, address: str) -> dict[str, object]:
    return {"type": "planned_change", "change": {"action": action, "resource": {"addr": address}}}


def test_changes_are_sorted_by_what_happens() -> None:
    plan = plan_from(
        [change("update", "b"), change("create", "z"), change("create", "a"), change("replace", "c")]
    )
    assert (plan.creates, plan.updates, plan.replaces, plan.deletes) == (("a", "z"), ("b",), ("c",), ())
    assert str(plan) == "2 to create, 1 to update, 1 to replace"
    assert not plan.empty


def test_data_that_is_read_changes_nothing() -> None:
    plan = plan_from([change("read", "data.a"), change("noop", "b")])
    assert plan.empty
    assert str(plan) == "no changes"


def test_a_changed_output_is_a_change() -> None:
    plan = plan_from([{"type": "outputs", "outputs": {"a": {"action": "update"}, "b": {"action": "noop"}}}])
    assert plan.outputs == ("a",)
    assert not plan.empty
    assert str(plan) == "outputs change"
