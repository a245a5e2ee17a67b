"""The real CDKTF CLI reads our projects."""

import json


def test_cdktf_synth_writes_what_the_program_writes(cdktf, copy_of_example):
    project = copy_of_example("quickstart")
    by_program = (project.synthesize() / "cdk.tf.json").read_bytes()
    cdktf(project.directory, "synth", "--output", "by-cli")
    by_cli = project.directory / "by-cli" / "stacks" / "quickstart" / "cdk.tf.json"
    assert by_cli.read_bytes() == by_program
    assert json.loads(by_program)["resource"]["aws_sagemaker_endpoint"]
