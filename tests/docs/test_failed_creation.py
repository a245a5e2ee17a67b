"""The test in docs/failed-creation.md passes for the quickstart."""

import re
import shutil
from pathlib import Path

import pytest

from sm_tf.sandbox import Sandbox, synthesize

REPOSITORY = Path(__file__).parents[2]
PAGE = (REPOSITORY / "docs" / "failed-creation.md").read_text()
(TEST,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_the_failure_is_repaired(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sagemaker_sandbox: Sandbox
) -> None:
    project = tmp_path / "quickstart"
    ignored = shutil.ignore_patterns("cdktf.out")
    shutil.copytree(REPOSITORY / "examples" / "quickstart", project, ignore=ignored)
    synthesize(project, project / "cdktf.out")
    monkeypatch.chdir(project)
    page: dict[str, object] = {}
    exec(TEST, page)
    test = page["test_the_next_apply_repairs_the_endpoint"]
    assert callable(test)
    test(sagemaker_sandbox)
