"""A provider of an unknown form loads as a whole: with one warning, and with the same result."""

import shutil

import pytest

USE = """
from cdktf_cdktf_provider_fake.good_thing import GoodThing
thing = GoodThing()
print(*thing.loaded())
"""
LAZY = ""
PYTHON_LOADED_ALL = "loaded broken_thing"
NODE_LOADED_ALL = "broken-thing"


@pytest.fixture
def use(python, provider, tmp_path):
    """Use one class of the provider; return what was loaded beside it, and the warnings."""

    def run(before="", **options):
        provider.write(tmp_path)
        result = python(before + USE, folder=tmp_path, **options)
        return result.output.split("\n")[:-1], result.warnings

    return run


def assert_one_warning(warnings, *words):
    (warning,) = warnings
    assert "LazyBindingsWarning: " in warning
    for word in (*words, "is loaded as a whole, because", "slower", "SM_TF_LAZY_BINDINGS=0"):
        assert word in warning


def test_a_provider_of_the_known_form_is_lazy(use):
    assert use() == ([LAZY], [])


def test_turned_off_it_loads_as_a_whole_without_a_warning(use):
    loaded, warnings = use(environment={"SM_TF_LAZY_BINDINGS": "0"})
    assert (loaded, warnings) == ([PYTHON_LOADED_ALL, NODE_LOADED_ALL], [])


def test_a_class_whose_module_python_has_not_loaded_arrives_from_node(use, python, tmp_path):
    use()
    result = python(USE + "print(type(thing.other()).__name__)", folder=tmp_path)
    assert result.output.split("\n")[-2:] == ["BrokenThing", ""]
    assert result.warnings == []


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("publication.publish()\n", "publication.publish()\nprint(end='')\n"),
        ("from . import good_thing\n", "from . import good_thing as better_thing\n"),
        ('    "broken_thing",\n', ""),
        ("import abc\n", "import abc\nclass Root: pass\n"),
    ],
)
def test_root_module_with_other_statements(use, provider, written, instead):
    provider.root = provider.root.replace(written, instead)
    loaded, warnings = use()
    assert loaded == [PYTHON_LOADED_ALL, NODE_LOADED_ALL]
    assert_one_warning(warnings, "cdktf_cdktf_provider_fake", "__init__.py is not of a known form")


def test_module_that_loads_the_assembly_in_another_way(use, provider):
    provider.loads_assembly = provider.loads_assembly.replace(
        "jsii.JSIIAssembly.load(", "getattr(jsii.JSIIAssembly, 'load')("
    )
    loaded, warnings = use()
    assert loaded == [PYTHON_LOADED_ALL, NODE_LOADED_ALL]
    assert_one_warning(warnings, "_jsii/__init__.py is not of a known form")


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ('require("./good-thing");', 'require("./good-thing");\nexports.more = 1;'),
        ('require("./good-thing");', 'require("./good-thing").default ?? require("./good-thing");'),
        ("exports.goodThing = ", "var kept = exports.goodThing = "),
        (" * A provider.\n", " * A provider. */ exports.more = 1; /*\n"),
    ],
)
def test_entry_point_with_other_statements(use, provider, written, instead):
    provider.index_js = provider.index_js.replace(written, instead)
    loaded, warnings = use()
    assert loaded == [NODE_LOADED_ALL]
    assert_one_warning(
        warnings, "cdktf_cdktf_provider_fake", "its lib/index.js is not of a known form: it holds"
    )


def test_entry_point_of_another_name(use, provider):
    provider.main = "lib/main.js"
    provider.scripts["lib/main.js"] = provider.index_js
    loaded, warnings = use()
    assert loaded == [NODE_LOADED_ALL]
    assert_one_warning(warnings, "did not load its lib/index.js in a known way")


def test_entry_point_with_the_helpers_of_newer_typescript_is_lazy(use, provider):
    helper = (
        "var __importStar = (this && this.__importStar) || (function () {\n"
        "    return function (mod) {\n"
        "        return mod;\n"
        "    };\n"
        "})();\n"
    )
    statements = provider.index_js.replace("require(", "__importStar(require(").replace('");', '"));')
    provider.index_js = statements.replace(
        'Object.defineProperty(exports, "__esModule"', helper + 'Object.defineProperty(exports, "__esModule"'
    )
    assert use() == ([LAZY], [])


def test_root_module_that_is_lazy_by_itself(use, provider):
    head, _, _ = provider.root.partition("# Loading modules")
    provider.root = head + (
        "def __getattr__(name: str) -> object:\n"
        "    import importlib\n"
        "    return importlib.import_module(f'.{name}', __name__)\n"
    )
    assert use() == ([LAZY], [])


def test_kernel_that_refuses_the_change(use):
    loaded, warnings = use("from sm_tf.bindings import assembly; assembly._tarball = lambda: b'nothing'\n")
    assert loaded == [NODE_LOADED_ALL]
    assert_one_warning(warnings, "Each provider", "the jsii kernel refused to be changed")


def test_node_whose_module_loader_cannot_be_extended(use, tmp_path):
    script = tmp_path / "frozen.js"
    script.write_text("Object.freeze(require('module')._extensions);")
    loaded, warnings = use(environment={"NODE_OPTIONS": f"--require {script}"})
    assert loaded == [NODE_LOADED_ALL]
    assert_one_warning(warnings, "the jsii kernel refused to be changed")


# A jsii of that age doesn't use the map when it loads an assembly.
_KEEP_LOADING = "jsii._reference_map._try_import_type_module = lambda fqn: False\n"


def test_jsii_that_cannot_load_the_modules_of_classes(use):
    loaded, warnings = use(
        "import jsii._reference_map; del jsii._reference_map._submodule_fqn_map\n" + _KEEP_LOADING
    )
    assert loaded == [PYTHON_LOADED_ALL, NODE_LOADED_ALL]
    assert_one_warning(warnings, "jsii is older than 1.134")


def test_package_in_an_archive(provider, python, tmp_path):
    provider.write(tmp_path / "package")
    archive = shutil.make_archive(str(tmp_path / "provider"), "zip", tmp_path / "package")
    result = python(USE, folder=archive)
    assert result.output.split("\n")[:-1] == [PYTHON_LOADED_ALL, NODE_LOADED_ALL]
    assert_one_warning(result.warnings, "it is not installed as source files in a folder")


def test_project_of_an_editable_install_is_gone(python):
    result = python(
        "import sys; sys.modules['sm_tf'] = None\nimport cdktf_cdktf_provider_random as r\nprint(r.pet)"
    )
    assert "cdktf_cdktf_provider_random.pet" in result.output
    assert result.warnings == []
