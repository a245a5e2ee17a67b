"""`sm-tf permissions` prints what the owners of roles must allow."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]
ROLE = "arn:aws:iam::123456789012:role/central/exec"
PROGRAM = """
from cdktf import App, LocalBackend, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from sm_tf import ContainerDefinition, ContainerImage, Endpoint, ImmutableRole, Model, ModelData

app = App()
for name in ("one", "two"):
    stack = TerraformStack(app, name)
    LocalBackend(stack, path=f"{name}.tfstate")
    AwsProvider(stack, "aws", region="eu-west-1")
    roles = [ROLES]
    for number, role in enumerate(roles):
        container = ContainerDefinition(
            image=ContainerImage.from_ecr_repository("app", "1"),
            model_data=ModelData.from_bucket("models", f"{number}/model.tar.gz"),
        )
        Model(stack, f"Model{number}", role=role, containers=[container])
app.synth()
"""


@pytest.fixture
def project(tmp_path: Path) -> Callable[[str], Path]:
    """Makes a project whose models have these roles."""

    def make(roles: str) -> Path:
        (tmp_path / "main.py").write_text(PROGRAM.replace("ROLES", roles))
        (tmp_path / "cdktf.json").write_text(json.dumps({"language": "python", "app": "python main.py"}))
        return tmp_path

    return make


def test_one_policy_for_each_role_and_stack(run: Run, project: Callable[[str], Path]) -> None:
    folder = project(f'ImmutableRole("{ROLE}"), ImmutableRole("{ROLE}")')
    done = run(folder, "permissions", "--json")
    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout)
    assert printed["ok"]
    assert [(each["role"], each["stack"]) for each in printed["roles"]] == [(ROLE, "one"), (ROLE, "two")]
    for each in printed["roles"]:
        assert each["policy"]["Version"] == "2012-10-17"
        statements = {tuple(found["Action"]): found for found in each["policy"]["Statement"]}
        assert statements["s3:GetObject",]["Resource"] == [
            "arn:aws:s3:::models/0/model.tar.gz",
            "arn:aws:s3:::models/1/model.tar.gz",
        ]
        (image,) = statements[
            "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"
        ]["Resource"]
        assert image.endswith("account_id}:repository/app")
    assert sorted(path.name for path in folder.iterdir()) == ["cdktf.json", "main.py"]


def test_people_read_a_heading_and_the_policy(run: Run, project: Callable[[str], Path]) -> None:
    done = run(project(f'ImmutableRole("{ROLE}")'), "permissions")
    first, _, rest = done.stdout.partition("\n")
    assert first == f"{ROLE}, for stack one:"
    assert json.JSONDecoder().raw_decode(rest)[0]["Statement"]


def test_without_such_roles_it_says_so(run: Run, project: Callable[[str], Path]) -> None:
    done = run(project(f'"{ROLE}"'), "permissions")
    assert (done.returncode, done.stdout) == (
        0,
        "The program has no ImmutableRole that needs permissions.\n",
    )


def test_a_folder_without_project_is_wrong_usage(run: Run, tmp_path: Path) -> None:
    assert run(tmp_path, "permissions").returncode == 2
