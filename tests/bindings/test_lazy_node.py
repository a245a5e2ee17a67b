"""What is required late, and remembered, in Node."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from sm_tf.bindings import assembly
from sm_tf.bindings.lazy import kernel_process
from sm_tf.bindings.node import find_node

ASSEMBLY = Path(assembly.__file__).parent
DIGESTS = Path(kernel_process.__file__).with_name("digests.js")
LARGE = 2 * 1024 * 1024


@pytest.fixture(scope="module")
def node():
    """Run JavaScript; return what it prints as JSON."""
    found = find_node()
    assert found is not None

    def run(script, *arguments, **environment):
        done = subprocess.run(
            [found.path, "-e", script, *map(str, arguments)],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


class TestPackagesThatAreSeldomCalled:
    REWRITE = (
        "const { requiringWhenCalled } = require(process.argv[1]);"
        "console.log(JSON.stringify(requiringWhenCalled(process.argv[2]) ?? null))"
    )

    def test_cdktf_requires_them_not(self, python, tmp_path):
        hook = tmp_path / "hook.js"
        hook.write_text(
            "const Module = require('module'); const load = Module._load;\n"
            "Module._load = function (request, ...rest) {\n"
            "  if (/^(archiver|semver)$/.test(request)) console.error(request);\n"
            "  return load.call(this, request, ...rest);\n"
            "};"
        )
        program = (
            "import io, sys; sys.stderr = io.TextIOWrapper(io.BytesIO())\n"
            "import cdktf, jsii\n"
            "cdktf.Testing.synth(cdktf.TerraformStack(cdktf.Testing.app(), 'a'))\n"
            "jsii.kernel.provider._process.stop()\nprint(*sys.stderr.buffer.getvalue().decode().split())"
        )
        environment = {"NODE_OPTIONS": f"--require {hook}"}
        assert python(program, environment=environment).output == "\n"
        plain = python(program, environment={**environment, "SM_TF_LAZY_BINDINGS": "0"})
        assert {*plain.output.split()} == {"archiver", "semver"}

    def test_an_asset_is_zipped_as_ever(self, python, tmp_path):
        (tmp_path / "asset").mkdir()
        (tmp_path / "asset" / "file.txt").write_text("content")
        program = (
            "import cdktf, sys\n"
            "app = cdktf.App(outdir=sys.argv[1]); stack = cdktf.TerraformStack(app, 'a')\n"
            "cdktf.TerraformAsset(stack, 'b', path=sys.argv[2], type=cdktf.AssetType.ARCHIVE)\n"
            "app.synth()"
        )
        file = tmp_path / "program.py"
        file.write_text(program)
        found = find_node()
        assert found is not None
        path = f"{found.path.parent}{os.pathsep}{os.environ['PATH']}"
        python(file, tmp_path / "out", tmp_path / "asset", environment={"PATH": path})
        (archive,) = (tmp_path / "out").rglob("archive.zip")
        shutil.unpack_archive(archive, tmp_path / "unpacked")
        assert (tmp_path / "unpacked" / "file.txt").read_text() == "content"

    @pytest.mark.parametrize(
        "source",
        [
            'const archiver = require("archiver");\nf(archiver("zip", {}));\n',
            'const semver = require("semver");\nif (semver.satisfies("1", "2")) semver.parse("3");\n',
            'const semver = require("semver");\nsemver.gt(a);\n//# sourceMappingURL=semver\n',
        ],
    )
    def test_are_required_when_they_are_called(self, node, source):
        rewritten = node(self.REWRITE, ASSEMBLY / "seldom.js", source)
        assert rewritten.partition("\n")[0] != source.partition("\n")[0]
        assert rewritten.partition("\n")[2] == source.partition("\n")[2]

    def test_calls_are_passed_on(self, node, tmp_path):
        package = tmp_path / "node_modules" / "archiver"
        package.mkdir(parents=True)
        (package / "index.js").write_text(
            "module.exports = (a, b) => a + b; module.exports.create = () => 'c';"
        )
        source = 'const archiver = require("archiver");\nexports.all = archiver(1, 2) + archiver.create();\n'
        rewritten = node(self.REWRITE, ASSEMBLY / "seldom.js", source)
        (tmp_path / "module.js").write_text(rewritten)
        assert node("console.log(JSON.stringify(require(process.argv[1])))", tmp_path / "module.js") == {
            "all": "3c"
        }

    @pytest.mark.parametrize(
        "source",
        [
            'const other = require("other");\nother();\n',
            'const archiver = require("archiver");\nmodule.exports = archiver;\n',
            'const archiver = require("archiver");\nkeep(archiver.Archiver);\n',
            'const semver = require("semver");\nclass Version extends semver.SemVer {}\n',
            'const zip = require("archiver");\nzip();\n',
            'const semver = require("semver").default;\nsemver.gt();\n',
        ],
    )
    def test_a_source_of_another_form_is_left_alone(self, node, source):
        assert node(self.REWRITE, ASSEMBLY / "seldom.js", source) is None


class TestDigests:
    DIGEST = (
        "const [script, file, ...parts] = process.argv.slice(1); let computed = 0;"
        "const compute = () => (computed++, Buffer.alloc(32, 7));"
        "const now = Date.now(); Date.now = () => now + Number(process.env.LATER ?? 3600e3);"
        "const digest = require(script)(file, parts, compute);"
        "console.log(JSON.stringify([computed, digest.equals(Buffer.alloc(32, 7))]))"
    )
    COMPUTED, REMEMBERED = [1, True], [0, True]

    @pytest.fixture
    def tarball(self, tmp_path):
        file = tmp_path / "package.tgz"
        file.write_bytes(bytes(LARGE))
        return file

    @pytest.fixture
    def digest(self, node, tarball, tmp_path):
        """Digest the tarball; an hour has passed since it was written."""

        def run(*parts, cache=tmp_path / "cache", **environment):
            return node(self.DIGEST, DIGESTS, tarball, *parts, XDG_CACHE_HOME=str(cache), **environment)

        return run

    def test_are_remembered(self, digest):
        assert digest("name", "1.0") == self.COMPUTED
        assert digest("name", "1.0") == self.REMEMBERED

    def test_belong_to_name_and_version(self, digest):
        digest("name", "1.0")
        assert digest("name", "2.0") == self.COMPUTED

    def test_of_a_file_that_changed_are_computed(self, digest, tarball):
        digest()
        status = tarball.stat()
        with tarball.open("r+b") as file:
            file.write(b"other")
        os.utime(tarball, ns=(status.st_atime_ns, status.st_mtime_ns))
        assert digest() == self.COMPUTED

    def test_of_another_file_in_its_place_are_computed(self, digest, tarball):
        digest()
        other = tarball.with_name("other")
        shutil.copy2(tarball, other)
        other.replace(tarball)
        assert digest() == self.COMPUTED

    def test_of_a_file_that_has_just_been_written_are_not_remembered(self, digest):
        assert digest(LATER="0") == digest(LATER="0") == self.COMPUTED

    def test_of_a_small_file_are_not_remembered(self, digest, tarball):
        tarball.write_bytes(b"small")
        assert digest() == digest() == self.COMPUTED

    @pytest.mark.parametrize("content", ["", "nonsense", "\0" * 65, "ab" * 31 + "\n", "AB" * 32 + "\n"])
    def test_that_were_damaged_are_computed_and_written_again(self, digest, tmp_path, content):
        digest()
        (memo,) = (tmp_path / "cache").rglob("digests/*")
        memo.write_text(content)
        assert digest() == self.COMPUTED
        assert digest() == self.REMEMBERED

    def test_where_nothing_can_be_written_are_computed(self, digest, tmp_path):
        (tmp_path / "file").write_text("no folder")
        for _ in range(2):
            assert digest(cache=tmp_path / "file") == self.COMPUTED

    def test_the_kernel_asks_for_them(self, python, tmp_path):
        for _ in range(2):
            python("import cdktf", environment={"XDG_CACHE_HOME": str(tmp_path)})
        assert list(tmp_path.rglob("digests/*"))

    def test_a_kernel_of_another_form_is_left_alone(self):
        program = b"function digestFile(e,...p){return other(e)}"
        assert kernel_process._remembering_digests(program) == program

    def test_the_script_may_lie_in_any_folder(self, monkeypatch, tmp_path):
        folder = tmp_path / 'a b\\1 "é'
        folder.mkdir()
        (folder / "digests.js").touch()
        monkeypatch.setattr(kernel_process, "__file__", str(folder / "kernel_process.py"))
        program = b"x;function digestFile(e,...p){return readFileChunks(e,()=>{},...p)};y"
        before, _, rest = kernel_process._remembering_digests(program).partition(b"require(")
        script, _, after = rest.rpartition(b")(")
        assert before == b"x;function digestFile(e,...p){return "
        assert json.loads(script) == str(folder / "digests.js")
        assert after == b"e,p,()=>readFileChunks(e,()=>{},...p))};y"
