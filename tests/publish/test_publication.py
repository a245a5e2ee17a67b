"""`sm-tf publish` with archives: what it uploads, what it writes, and what the next synth makes of it."""

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sm_tf.foundation.published_file import FILE

pytestmark = pytest.mark.slow

SM_TF = Path(sys.executable).with_name("sm-tf")
PARTS = 17_000_000  # three parts
EXPIRED = (
    "<ErrorResponse><Error><Code>ExpiredToken</Code><Message>It has expired</Message></Error></ErrorResponse>"
)
DENIED = "<Error><Code>AccessDenied</Code><Message>no s3:PutObject on it</Message></Error>"


def listed(project: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((project / FILE).read_text())["stacks"]
    return found


def synthesize(project: Path) -> tuple[dict[str, Any], str]:
    """The resources of the project's one stack, and what synth says."""
    done = subprocess.run(
        [SM_TF, "synth"], cwd=project, capture_output=True, text=True, timeout=120, check=True
    )
    (stack,) = project.glob("cdktf.out/stacks/*/cdk.tf.json")
    return json.loads(stack.read_text())["resource"], done.stderr


def test_the_next_synth_refers_to_what_was_published(
    project: Any, publish: Any, bucket: str, s3: Any, gate: Any
) -> None:
    folder = project()
    done = publish(folder, "--bucket", bucket)
    assert done.returncode == 0, done.stderr
    (asset,) = listed(folder)["scorer"]["assets"]
    assert done.stdout.splitlines() == [
        f"published  model.tar.gz  {asset['location']}",
        f"Wrote {FILE}. Commit it.",
    ]
    key = asset["location"].removeprefix(f"s3://{bucket}/")
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == (folder / "model.tar.gz").read_bytes()
    resources, said = synthesize(folder)
    assert "aws_s3_object" not in resources
    assert "aws_s3_bucket" not in resources
    (model,) = resources["aws_sagemaker_model"].values()
    assert model["primary_container"]["model_data_url"] == asset["location"]
    (policy,) = resources["aws_iam_role_policy"].values()
    assert f'"arn:aws:s3:::{bucket}/{key}"' in policy["policy"]
    assert said == ""
    # The bucket is remembered, and the archive is there.
    gate.requests.clear()
    again = publish(folder)
    assert again.stdout.splitlines()[0] == f"present  model.tar.gz  {asset['location']}"
    assert gate.seen("PUT") == gate.seen("POST", "uploads") == []


def test_the_file_is_the_same_wherever_it_is_written(
    project: Any, publish: Any, bucket: str, tmp_path: Path
) -> None:
    folder = project(stacks=("two", "one"), model=100, other=200)
    assert publish(folder, "--bucket", bucket).returncode == 0
    first = (folder / FILE).read_bytes()
    moved = folder.rename(tmp_path / "elsewhere")
    (moved / FILE).unlink()
    assert publish(moved, "--bucket", bucket, TZ="Pacific/Auckland").returncode == 0
    assert (moved / FILE).read_bytes() == first
    assert list(listed(moved)) == ["one", "two"]


def test_equal_content_is_uploaded_once(project: Any, publish: Any, bucket: str, gate: Any) -> None:
    folder = project(stacks=("dev", "prod"), model=100)
    (folder / "copy.tar.gz").write_bytes((folder / "model.tar.gz").read_bytes())
    main = folder / "main.py"
    main.write_text(main.read_text().replace("[ModelData", '[ModelData.from_asset("copy.tar.gz"), ModelData'))
    done = publish(folder, "--bucket", bucket, "--json")
    told = json.loads(done.stdout)
    assert (told["ok"], told["file"], len(told["assets"])) == (True, FILE, 1)
    assert told["assets"][0]["status"] == "published"
    assert len(gate.seen("PUT", "model.tar.gz")) == 1
    assert [len(stack["assets"]) for stack in listed(folder).values()] == [1, 1]


def test_a_stack_alone_keeps_what_is_listed_of_others(project: Any, publish: Any, bucket: str) -> None:
    folder = project(stacks=("dev", "prod"))
    assert publish(folder, "--bucket", bucket).returncode == 0
    before = listed(folder)
    (folder / "model.tar.gz").unlink()
    (folder / "main.py").write_text(
        (folder / "main.py").read_text().replace("('dev', 'prod')", "('dev', 'prod')[:2]")
    )
    done = publish(folder, "dev")
    assert done.returncode == 1
    assert "path 'model.tar.gz' doesn't exist" in done.stderr
    assert listed(folder) == before


def test_other_content_is_a_warning_until_it_is_published(
    project: Any, publish: Any, archive: Any, bucket: str
) -> None:
    folder = project()
    assert publish(folder, "--bucket", bucket).returncode == 0
    archive(folder / "model.tar.gz")
    resources, said = synthesize(folder)
    assert said == (
        "Warning: scorer/Model: model.tar.gz isn't published as it is now, so Terraform will upload it. "
        "Run `sm-tf publish`.\n"
    )
    assert "aws_s3_object" in resources
    assert publish(folder).returncode == 0
    assert "aws_s3_object" not in synthesize(folder)[0]
    assert len(listed(folder)["scorer"]["assets"]) == 1


def test_one_that_fails_is_named_while_the_others_finish(
    project: Any, publish: Any, bucket: str, gate: Any
) -> None:
    data = f"""ModelData.from_asset("good.tar.gz"),
        ModelData.from_asset("lost.tar.gz", bucket="{bucket}-lost"),
        ModelData.from_asset("locked.tar.gz", bucket="{bucket}")"""
    folder = project(data=data, good=100, lost=200, locked=9_000_000)
    gate.refusals["partNumber=2"] = (403, DENIED)
    done = publish(folder, "--bucket", bucket)
    assert done.returncode == 1
    (good,) = listed(folder)["scorer"]["assets"]
    assert done.stdout.splitlines() == [
        f"published  good.tar.gz  {good['location']}",
        "failed     locked.tar.gz",
        "  The credentials do not allow UploadPart.",
        "  AccessDenied: no s3:PutObject on it",
        "failed     lost.tar.gz",
        f"  Bucket {bucket}-lost doesn't exist. Create it, for example with `aws s3 mb s3://{bucket}-lost "
        "--region eu-west-1`.",
        f"Wrote {FILE}. Commit it.",
    ]
    # What was published before stays listed.
    gate.refusals.clear()
    gate.refusals[f"HEAD /{bucket} "] = (403, "")
    done = publish(folder, "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["ok"]) == (1, False)
    assert (
        f"Bucket {bucket} can't be used: it belongs to another account, or the" in told["assets"][0]["error"]
    )
    assert listed(folder)["scorer"]["assets"] == [good]


def test_a_bucket_that_was_of_no_use_is_not_remembered(project: Any, publish: Any, bucket: str) -> None:
    folder = project(
        data=f'ModelData.from_asset("model.tar.gz"), ModelData.from_asset("own.tar.gz", bucket="{bucket}")',
        model=100,
        own=100,
    )
    assert publish(folder, "--bucket", f"{bucket}-lost").returncode == 1
    assert (listed(folder)["scorer"]["bucket"], len(listed(folder)["scorer"]["assets"])) == (None, 1)
    assert publish(folder).returncode == 2
    assert publish(folder, "--bucket", bucket).returncode == 0
    assert publish(folder, "--bucket", f"{bucket}-lost").returncode == 1
    assert (listed(folder)["scorer"]["bucket"], len(listed(folder)["scorer"]["assets"])) == (bucket, 2)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (
            [],
            2,
            "Stack scorer has no bucket for model.tar.gz before Terraform runs: pass --bucket NAME, or",
        ),
        (["--bucket", "No"], 2, "--bucket 'No' is not a bucket name: "),
        (["--repository", "No"], 2, "--repository 'No' is neither an ECR repository's ARN nor a name: "),
        (["nope"], 2, "No stack is named nope: the program has scorer."),
    ],
)
def test_wrong_usage_writes_nothing(
    project: Any, publish: Any, arguments: list[str], code: int, said: str
) -> None:
    folder = project()
    before = sorted(folder.iterdir())
    done = publish(folder, *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.splitlines()[-1].startswith(said)
    assert sorted(folder.iterdir()) == before


def test_a_bucket_of_another_region_is_refused(project: Any, publish: Any, bucket: str, gate: Any) -> None:
    folder = project()
    main = folder / "main.py"
    main.write_text(main.read_text().replace('"eu-west-1"', '"us-west-2"'))
    done = publish(folder, "--bucket", bucket)
    assert done.returncode == 1
    assert f"  Bucket {bucket} is in eu-west-1, but the stack is in us-west-2. SageMaker reads" in done.stdout
    assert gate.seen("PUT", "model.tar.gz") == []
    assert not (folder / FILE).exists()


def test_credentials_that_are_missing_or_expired_are_one_sentence(
    project: Any, publish: Any, bucket: str, gate: Any
) -> None:
    folder = project(model=100, other=100)
    done = publish(folder, "--bucket", bucket, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Unable to locate credentials: log in with `aws configure`")
    gate.refusals["GetCallerIdentity"] = (403, EXPIRED)
    done = publish(folder, "--bucket", bucket)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("AWS does not accept the credentials: log in with")
    assert not (folder / FILE).exists()


def test_a_region_that_the_program_leaves_open_is_that_of_the_environment(
    project: Any, publish: Any, bucket: str
) -> None:
    folder = project()
    main = folder / "main.py"
    main.write_text(main.read_text().replace(', region="eu-west-1"', ""))
    done = publish(folder, "--bucket", bucket)
    assert done.stderr == "No AWS region is set: set AWS_REGION, or a region in the profile.\n"
    assert publish(folder, "--bucket", bucket, AWS_REGION="eu-west-1").returncode == 0
    assert "aws_s3_object" not in synthesize(folder)[0]


def test_what_only_terraform_knows_is_named(project: Any, publish: Any, bucket: str) -> None:
    folder = project()
    main = folder / "main.py"
    text = main.read_text().replace('"model.tar.gz"', '"model.tar.gz", encryption_key=key')
    text = text.replace("    containers", '    key = Fn.join("", ["arn:aws:kms:", "eu"])\n    containers', 1)
    main.write_text(text.replace("import App,", "import App, Fn,"))
    done = publish(folder, "--bucket", bucket)
    assert done.stdout.splitlines() == [
        "failed     model.tar.gz",
        "  only Terraform knows its encryption_key; pass the key's ARN",
    ]
    assert (done.returncode, (folder / FILE).exists()) == (1, False)


def test_a_project_with_nothing_to_publish_says_so(project: Any, publish: Any) -> None:
    folder = project(data="None")
    done = publish(folder)
    said = "Nothing to publish: no stack has an image to build or an archive to upload.\n"
    assert (done.returncode, done.stdout) == (0, said)
    assert not (folder / FILE).exists()


def test_a_full_disk_leaves_the_file_as_it_was(project: Any, publish: Any, bucket: str) -> None:
    folder = project()
    assert publish(folder, "--bucket", bucket).returncode == 0
    before = (folder / FILE).read_bytes()
    main = folder / "main.py"
    main.write_text(main.read_text().replace("('scorer',)", "('scorer', 'more')"))
    (folder / "cdktf.json").write_text(
        '{"language": "python", "app": "ulimit -Sf unlimited; python main.py"}'
    )
    limit = (len(before) + 100, resource.RLIM_INFINITY)
    done = publish(
        folder, "--bucket", bucket, before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    )
    assert done.returncode == 1
    assert "cannot be written: File too large. Nothing was changed." in done.stderr
    assert (folder / FILE).read_bytes() == before


@pytest.mark.parametrize(
    ("step", "sent_again"),
    [
        ("while parts are sent", 1),
        ("before the parts are one", 0),
        ("before the file is written", 0),
    ],
)
def test_a_run_that_is_killed_is_gone_on_with(
    project: Any,
    publish: Any,
    start: Callable[..., Any],
    wait_until: Any,
    environment: dict[str, str],
    bucket: str,
    gate: Any,
    step: str,
    sent_again: int,
) -> None:
    folder = project(model=PARTS)
    holds: dict[str, Callable[[str], bool]] = {
        "while parts are sent": lambda line: "partNumber=3" in line,
        "before the parts are one": lambda line: "CompleteMultipartUpload" in line,
        "before the file is written": lambda line: (
            "HEAD" in line and gate.answered("CompleteMultipartUpload")
        ),
    }
    gate.held = holds[step]
    process = start(SM_TF, "publish", "--bucket", bucket, cwd=folder, env=environment)
    wait_until(lambda: any(map(gate.held, gate.requests)) and len(gate.answered("partNumber")) >= 2)
    process.send_signal(signal.SIGKILL)
    process.wait(60)
    assert not (folder / FILE).exists()
    gate.held = lambda _: False
    gate.requests.clear()
    done = publish(folder, "--bucket", bucket)
    assert done.returncode == 0, done.stderr
    assert len(gate.seen("PUT", "partNumber")) == sent_again
    assert len(listed(folder)["scorer"]["assets"]) == 1
    assert not list(folder.glob("cdktf.out/.publishing-*"))


def test_ctrl_c_ends_it_in_a_moment(
    project: Any,
    start: Callable[..., Any],
    wait_until: Any,
    environment: dict[str, str],
    bucket: str,
    gate: Any,
) -> None:
    folder = project(model=PARTS)
    gate.held = lambda line: "partNumber=3" in line
    process = start(SM_TF, "publish", "--bucket", bucket, cwd=folder, env=environment, stderr=subprocess.PIPE)
    wait_until(lambda: gate.seen("partNumber=3"))
    os.kill(process.pid, signal.SIGINT)
    gate.closed.set()
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said.splitlines()[-1] == (
        f"Interrupted: what is in AWS already stays and is used the next time. {FILE} is as it was."
    )
    assert not (folder / FILE).exists()
    assert not list(folder.glob("cdktf.out/.publishing-*"))
