"""Modules that CDKTF imports for little are not loaded before they are needed, and nothing else changes."""

import importlib.metadata
import json
import unittest.mock

import pytest
import typeguard

from sm_tf.bindings.lazy import stand_ins
from sm_tf.bindings.lazy.generated import GeneratedLoader, SparingLoader

SLOW = ("unittest.mock", "asyncio", "importlib.metadata", "email", "dateutil.parser._parser")


def loaded_slowly(python, program, **environment):
    result = python(f"{program}\nimport sys; print(*{{*{SLOW}}} & {{*sys.modules}})", environment=environment)
    assert result.warnings == []
    return set(result.output.split("\n")[-2].split())


SYNTHESIZE = (
    "import cdktf, constructs\n"
    "stack = cdktf.TerraformStack(cdktf.Testing.app(), 'a')\n"
    "constructs.Construct(stack, 'construct')\n"
    "cdktf.TerraformOutput(stack, 'b', value='c')\n"
    "assert '\"c\"' in cdktf.Testing.synth(stack)"
)


def test_a_program_loads_none_of_them(python):
    assert loaded_slowly(python, SYNTHESIZE) == set()


def test_turned_off_all_are_loaded(python):
    assert loaded_slowly(python, SYNTHESIZE, SM_TF_LAZY_BINDINGS="0") == set(SLOW)


def test_programs_without_cdktf_are_left_alone(python):
    program = "import dateutil.parser, typeguard, unittest.mock\nassert typeguard.Mock is unittest.mock.Mock"
    assert "dateutil.parser._parser" in loaded_slowly(python, program)


def test_they_load_when_they_are_used(python):
    result = python(
        f"{SYNTHESIZE}\nimport dateutil.parser, asyncio, unittest.mock, importlib.metadata\n"
        "print(dateutil.parser.isoparse('2026-01-02').day, dateutil.parser.parse('3 Jan 2026').day)\n"
        "print(asyncio.run(asyncio.sleep(0, 'slept')), importlib.metadata.version('cdktf')[:4])"
    )
    assert result.output == "2 3\nslept 0.21\n"


def test_a_date_arrives_from_node(python, provider, tmp_path):
    provider.scripts["lib/good-thing/index.js"] = (
        "class GoodThing { loaded() { return new Date(0); } }\n"
        "GoodThing[Symbol.for('jsii.rtti')] = "
        "{ fqn: '@cdktf/provider-fake.goodThing.GoodThing', version: '1.0.0' };\n"
        "exports.GoodThing = GoodThing;"
    )
    provider.write(tmp_path)
    program = "from cdktf_cdktf_provider_fake.good_thing import GoodThing; print(GoodThing().loaded())"
    assert python(program, folder=tmp_path).output == "1970-01-01 00:00:00+00:00\n"


class TestTypesOfArguments:
    """Wrong ones are refused with the same words, at the first call and at later ones."""

    PROGRAM = (
        "import cdktf, json\n"
        "from cdktf_cdktf_provider_random.pet import Pet, PetConfig\n"
        "stack = cdktf.TerraformStack(cdktf.Testing.app(), 'a')\n"
        "def told(call):\n"
        "    try: call()\n"
        "    except TypeError as error: return str(error)\n"
        "calls = [\n"
        "    lambda: Pet(stack, 'b', length='two'), lambda: Pet(stack, 3), lambda: PetConfig(prefix=4),\n"
        "    lambda: cdktf.TerraformOutput(stack, 'c', value=1, sensitive='d'),\n"
        "    lambda: cdktf.TerraformStack(stack, 5), lambda: cdktf.S3Backend(stack, bucket=[], key='e')]\n"
        "print(json.dumps([told(call) for call in calls * 2]))"
    )

    def test_are_checked_as_ever(self, python):
        lazy, plain = (
            json.loads(python(self.PROGRAM, environment={"SM_TF_LAZY_BINDINGS": way}).output)
            for way in ("1", "0")
        )
        assert lazy == plain
        assert all("type of argument" in each for each in lazy)

    def test_a_mock_is_of_every_type(self, python):
        result = python(
            "import cdktf\nfrom unittest.mock import Mock\n"
            "stack = cdktf.TerraformStack(cdktf.Testing.app(), 'a')\n"
            "from cdktf._private import check_type\n"
            "print(check_type('argument', Mock(), str), check_type('argument', 'text', str))"
        )
        assert result.output == "None None\n"


class TestMock:
    def test_only_mocks_are_instances(self):
        assert isinstance(unittest.mock.MagicMock(), stand_ins.Mock)
        assert not isinstance("text", stand_ins.Mock)

    def test_without_the_module_nothing_is_a_mock(self, monkeypatch):
        mock = unittest.mock.Mock()
        monkeypatch.delitem(stand_ins.sys.modules, "unittest.mock")
        assert not isinstance(mock, stand_ins.Mock)


class TestVersion:
    @pytest.mark.parametrize("distribution", ["typeguard", "jsii", "pytest", "ruff"])
    def test_is_that_of_the_metadata(self, distribution):
        assert stand_ins.version(distribution) == importlib.metadata.version(distribution)

    def test_of_what_is_not_installed(self):
        with pytest.raises(importlib.metadata.PackageNotFoundError):
            stand_ins.version("no-such-distribution")

    def test_where_two_stand_beside_it_the_metadata_decides(self, monkeypatch, tmp_path):
        (tmp_path / "typeguard-1.0.dist-info").mkdir()
        (tmp_path / "typeguard-3.0.dist-info").mkdir()
        monkeypatch.setattr(typeguard, "__file__", str(tmp_path / "typeguard" / "__init__.py"))
        stand_ins.version.cache_clear()
        assert stand_ins.version("typeguard") == importlib.metadata.version("typeguard")
        stand_ins.version.cache_clear()


class TestStatementsOfAnotherForm:
    """They import the module that they name."""

    @pytest.mark.parametrize(
        ("statement", "name", "is_stand_in"),
        [
            ("from unittest.mock import Mock", "Mock", True),
            ("from unittest.mock import Mock as Other", "Other", True),
            ("from unittest.mock import Mock, patch", "Mock", False),
            ("import unittest.mock", "unittest", False),
            ("import unittest.mock as other", "other", False),
            ("from unittest import mock", "mock", False),
            ("Mock = 1\nfrom unittest.mock import Mock", "Mock", False),
            ("from importlib.metadata import version", "version", True),
            ("from importlib.metadata import version, metadata", "version", False),
            ("import importlib.metadata", "importlib", False),
        ],
    )
    def test_are_left_alone(self, tmp_path, statement, name, is_stand_in):
        file = tmp_path / "module.py"
        file.write_text(statement)
        plain: dict[str, object] = {}
        exec(statement, plain)
        spared: dict[str, object] = {}
        code = SparingLoader("module", str(file)).get_code("module")
        assert code is not None
        exec(code, spared)
        assert (spared[name] is plain[name]) is not is_stand_in

    def test_only_the_types_of_generated_stubs_are_kept(self, tmp_path):
        file = tmp_path / "module.py"
        file.write_text(
            "import typing\n"
            "def _typecheckingstub__a(b: 'int'): ...\n"
            "def other(b: 'int'): ...\n"
            "class Other:\n    b: 'int'\n"
            "def hints(of): return typing.get_type_hints(of)\n"
        )
        spec = importlib.util.spec_from_file_location(
            "module", file, loader=GeneratedLoader("module", str(file))
        )
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for of in (module._typecheckingstub__a, module.other, module.Other):
            assert module.hints(of) == {"b": int}
        assert module.hints(module._typecheckingstub__a) is module.hints(module._typecheckingstub__a)
        assert module.hints(module.other) is not module.hints(module.other)
