"""The assembly of our own loads into the jsii kernel, whatever else is switched off."""

import pytest

LOAD = """
import sys
from sm_tf.bindings.assembly import load_assembly
load_assembly()
load_assembly()
import cdktf
cdktf.TerraformStack(cdktf.Testing.app(), "a")
print("loaded", *[name for name in sys.modules if "provider" in name and name.startswith("cdkt")])
"""


@pytest.mark.parametrize("lazy", ["0", "1"])
def test_it_loads_with_and_without_lazy_bindings(python, lazy):
    result = python(LOAD, environment={"SM_TF_LAZY_BINDINGS": lazy})
    assert (result.output, result.warnings) == ("loaded\n", [])


def test_loading_it_makes_no_provider_lazy(python, provider, tmp_path):
    provider.write(tmp_path)
    result = python(
        "from sm_tf.bindings.assembly import load_assembly; load_assembly()\n"
        "from cdktf_cdktf_provider_fake.good_thing import GoodThing\n"
        "print(*GoodThing().loaded())",
        folder=tmp_path,
        environment={"SM_TF_LAZY_BINDINGS": "0"},
    )
    assert result.output.split("\n") == ["loaded broken_thing", "broken-thing", ""]


def test_a_kernel_that_refuses_it_says_why(python):
    result = python(
        "from sm_tf.bindings import assembly\n"
        "assembly._tarball = lambda: b'nothing'\n"
        "try: assembly.load_assembly()\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    assert "TAR_BAD_ARCHIVE" in result.output
