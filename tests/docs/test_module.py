"""The page on modules shows the module of the quickstart as it is."""

import os
import re
from pathlib import Path

import pytest

from sm_tf.module.module import write_module

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "module.md"
TITLE = "## The module of the quickstart\n\n"


@pytest.mark.terraform
def test_the_module_of_the_quickstart(tmp_path: Path) -> None:
    """`ACCEPT_DOCS=1` accepts an intended change."""
    written = write_module(ROOT / "examples" / "quickstart", tmp_path / "module")
    shown = [path for path in written.files if path.endswith(".tf") and "/" not in path]
    sections = [f"### `{path}`\n\n```hcl\n{(tmp_path / 'module' / path).read_text()}```\n" for path in shown]
    start, title, _ = PAGE.read_text().partition(TITLE)
    page = start + title + "\n".join(sections)
    if os.environ.get("ACCEPT_DOCS"):
        PAGE.write_text(page)
    assert PAGE.read_text() == page
    assert f"quickstart: wrote a module of {len(written.files)} files" in start


def test_a_variable_is_an_input(stack, synth) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    exec(program, {"stack": stack})
    (model,) = synth(stack).resources("aws_sagemaker_model").values()
    assert "${var.image_tag}" in model["primary_container"]["image"]
