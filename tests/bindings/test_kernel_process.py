"""The jsii kernel starts without a second Node process, and does all that it does with one."""

import subprocess
import sys
from pathlib import Path

import pytest

# Prints how many processes run below this one, and whether the program still works.
COUNT = """
import os, pathlib, sys, cdktf
stack = cdktf.TerraformStack(cdktf.Testing.app(), "a")
cdktf.TerraformOutput(stack, "told", value="b")
def below(pid):
    for listing in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        for child in listing.read_text().split():
            yield child
            yield from below(child)
print(len(list(below(os.getpid()))), '"told"' in cdktf.Testing.synth(stack))
"""
DIRECT, THROUGH_ANOTHER = ["1", "True"], ["2", "True"]
OURS = "import re, sm_tf.bindings.lazy.kernel_process as ours\n"

needs_proc = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="counts processes in /proc")


@needs_proc
def test_there_is_one_node(python):
    result = python(COUNT)
    assert (result.output.split(), result.warnings) == (DIRECT, [])


@needs_proc
@pytest.mark.parametrize(
    "change",
    [
        # The wrapper or the program is of another form.
        "ours._WRAPPER = re.compile(b'another')\n",
        "ours._PROGRAM_FILES = {**ours._PROGRAM_FILES, 'lib__other.js': 'lib/other.js'}\n",
        # It is started with other arguments, or otherwise.
        "ours._MEMORY = '--max-old-space-size=1'\n",
        "ours._ATTRIBUTES.add('another')\n",
        # It doesn't answer, or not what it should.
        "ours._SHELL = ('/bin/sh', '-c', 'echo failed >&2; exit 3')\n",
        "ours._SHELL = ('/bin/sh', '-c', 'echo nonsense >&0; cat >/dev/null')\n",
        # The shell is missing.
        "ours._SHELL = ('/nowhere/sh', '-c', '')\n",
        # Node is at its end of life, of which the wrapper warns.
        "import sm_tf.bindings.node as node; node.NodeRuntime.is_maintained = False\n",
    ],
)
def test_a_start_of_another_form_stays_as_it_is(python, change):
    result = python(OURS + change + COUNT)
    assert (result.output.split(), result.warnings) == (THROUGH_ANOTHER, [])


@needs_proc
def test_turned_off_it_starts_as_ever(python):
    assert python(COUNT, environment={"SM_TF_LAZY_BINDINGS": "0"}).output.split() == THROUGH_ANOTHER


def test_a_short_default_for_sockets_changes_nothing(python):
    result = python("import socket; socket.setdefaulttimeout(0.001)\n" + COUNT)
    assert result.output.split()[1] == "True"


@pytest.mark.parametrize("lazy", ["1", "0"])
def test_what_the_kernel_prints_is_printed(python, provider, tmp_path, lazy):
    provider.index_js += 'console.log("an output: \\u00e9"); console.error("an error");\n'
    provider.write(tmp_path)
    result = python(
        "import io, sys\n"
        "errors = sys.stderr = io.TextIOWrapper(io.BytesIO(), encoding='utf-8')\n"
        "import warnings; warnings.simplefilter('ignore')\n"
        "import cdktf_cdktf_provider_fake.good_thing\n"
        "import jsii; jsii.kernel.provider._process.stop()\n"
        "sys.stdout.flush()\n"
        "print('an error' in errors.buffer.getvalue().decode())",
        folder=tmp_path,
        environment={"SM_TF_LAZY_BINDINGS": lazy},
    )
    assert "an output: é" in result.output
    assert result.output.rstrip().endswith("True")


def test_an_error_in_node_reaches_python(python):
    result = python(
        "import cdktf, jsii\n"
        "app = cdktf.Testing.app(); cdktf.TerraformStack(app, 'a')\n"
        "try: cdktf.TerraformStack(app, 'a')\n"
        "except RuntimeError as error: print(error)"
    )
    assert "already a Construct with name 'a'" in result.output


@needs_proc
def test_node_ends_with_python(start, wait_until):
    """However Python ends: here it has no chance to say goodbye."""
    program = (
        "import cdktf, jsii, time\n"
        "print(jsii.kernel.provider._process._process.pid, flush=True)\n"
        "time.sleep(600)"
    )
    process = start(sys.executable, "-c", program, stdout=subprocess.PIPE)
    node = Path("/proc") / process.stdout.readline().strip() / "stat"
    process.kill()
    wait_until(lambda: not node.exists() or node.read_text().rpartition(")")[2].split()[0] == "Z")
