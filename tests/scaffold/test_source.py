import pytest

from sm_tf.foundation.errors import ToolError, UsageError
from sm_tf.scaffold.source import is_git_url, is_path, open_template, split_ref


@pytest.fixture
def repository(new_template, git):
    """A template in a repository: version 1 is tagged, version 2 is on the branch `next/big`."""
    folder = new_template({"main.py": "one\n"}, version="1")
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "one")
    git(folder, "tag", "v1")
    git(folder, "checkout", "--quiet", "-b", "next/big")
    new_template({"main.py": "two\n"}, version="2")
    git(folder, "commit", "--quiet", "-am", "two")
    git(folder, "checkout", "--quiet", "main")
    return folder


def version(source, **options):
    with open_template(source, **options) as template:
        # Its files are there as long as it is open.
        assert all(path.is_file() for path in template.sources().values())
        return template.version


def test_our_own_are_found_by_name():
    with open_template("realtime") as template:
        assert template.name == "realtime"


@pytest.mark.parametrize("name", ["nonsense", "_shared", ""])
def test_an_unknown_name_is_refused_with_those_that_exist(name):
    told = "Name one of ab-test, module, pipeline, realtime, serverless, the path"
    with pytest.raises(UsageError, match=told):
        version(name)


def test_a_folder_is_found_by_its_path(new_template, monkeypatch):
    folder = new_template({}, version="3")
    assert version(str(folder)) == "3"
    assert version("./mine", relative_to=folder.parent) == "3"
    monkeypatch.chdir(folder.parent)
    assert version("./mine") == "3"
    monkeypatch.chdir(folder)
    assert version(".") == "3"


def test_a_path_without_folder_is_refused(tmp_path):
    with pytest.raises(
        UsageError, match=r"nowhere is not a folder: name a template's folder, or one of ab-test"
    ):
        version(str(tmp_path / "nowhere"))


@pytest.mark.parametrize("form", ["file://{}", "git+file://{}"])
def test_a_repository_is_fetched(repository, form):
    assert version(form.format(repository)) == "1"


def test_a_branch_a_tag_or_a_commit_can_be_named(repository, git):
    url = f"file://{repository}"
    assert version(f"{url}@v1") == "1"
    assert version(f"{url}@{git(repository, 'rev-parse', 'next/big')}") == "2"
    bare = repository.parent / "mine.git"
    git(repository, "clone", "--quiet", "--bare", ".", str(bare))
    assert version(f"file://{bare}@next/big") == "2"


def test_what_git_says_is_shown(repository):
    with pytest.raises(ToolError, match=r"(?s)cannot be fetched\.\n.*does not (exist|appear)"):
        version(f"file://{repository}-nowhere")
    with pytest.raises(ToolError, match=r"(?s)@v9 cannot be fetched\.\n.*v9"):
        version(f"file://{repository}@v9")


def test_a_password_is_not_repeated():
    with pytest.raises(ToolError) as caught:
        version("http://me:secret@127.0.0.1:1/mine.git@v1")
    assert "http://127.0.0.1:1/mine.git@v1 cannot be fetched" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_what_looks_like_an_option_is_no_ref(repository):
    with pytest.raises(UsageError, match=r"'--upload-pack=x' is not the name of a branch, tag or commit\."):
        version(f"file://{repository}@--upload-pack=x")


def test_a_repository_without_template_is_refused(tmp_path, git):
    git(tmp_path, "init", "--quiet", "empty")
    git(tmp_path / "empty", "commit", "--quiet", "--allow-empty", "-m", "nothing")
    with pytest.raises(ToolError, match=r"is not a template: it has no template\.json at its top\."):
        version(f"file://{tmp_path}/empty")


def test_symbolic_links_in_a_repository_are_refused(repository, git):
    (repository / "link").symlink_to("/etc/passwd")
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "-m", "link")
    with pytest.raises(ToolError, match="link is a symbolic link"):
        version(f"file://{repository}")


def test_a_repository_extends_nothing_of_this_machine(repository, git, monkeypatch, tmp_path, new_template):
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    new_template({}, folder="tmp/base")
    new_template({}, extends="base")
    git(repository, "commit", "--quiet", "-am", "extends")
    with pytest.raises(ToolError, match=r"base is not a template: it has no template\.json"):
        version(f"file://{repository}")


def test_the_repository_of_a_hook_is_left_alone(repository, git, monkeypatch, tmp_path):
    other = tmp_path / "other"
    git(tmp_path, "init", "--quiet", "other")
    git(other, "commit", "--quiet", "--allow-empty", "-m", "mine")
    before = git(other, "rev-parse", "HEAD"), git(other, "status", "--porcelain", "--branch")
    with monkeypatch.context() as hook:
        for name, value in {
            "GIT_DIR": other / ".git",
            "GIT_WORK_TREE": other,
            "GIT_INDEX_FILE": other / ".git" / "index",
            "GIT_OBJECT_DIRECTORY": other / ".git" / "objects",
            "GIT_QUARANTINE_PATH": other,
            "GIT_CONFIG_PARAMETERS": "'core.bare=true'",
        }.items():
            hook.setenv(name, str(value))
        assert version(f"file://{repository}") == "1"
    assert (git(other, "rev-parse", "HEAD"), git(other, "status", "--porcelain", "--branch")) == before
    assert not (other / ".git" / "FETCH_HEAD").exists()


def test_a_template_sees_nothing_of_its_repository(repository):
    with open_template(f"file://{repository}") as template:
        assert not (template.folders[0] / ".git").exists()


def test_git_may_be_missing(repository, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolError, match=r"git is not on PATH\. It is needed to fetch a template"):
        version(f"file://{repository}")


def test_nothing_of_a_fetched_repository_stays(repository, monkeypatch, tmp_path):
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    assert version(f"file://{repository}") == "1"
    assert list(folder.iterdir()) == []


def test_the_repository_stays_as_it_was(repository, git):
    before = git(repository, "status", "--porcelain", "--branch")
    version(f"file://{repository}@v1")
    assert git(repository, "status", "--porcelain", "--branch") == before


@pytest.mark.parametrize(
    ("source", "url", "ref"),
    [
        ("https://example.com/a/b", "https://example.com/a/b", None),
        ("https://example.com/a/b.git@v1.2", "https://example.com/a/b.git", "v1.2"),
        ("https://example.com/a/b.git@feature/x", "https://example.com/a/b.git", "feature/x"),
        ("https://example.com/a/b@v1", "https://example.com/a/b", "v1"),
        ("https://me@example.com/a/b", "https://me@example.com/a/b", None),
        ("git+https://example.com/b.git", "https://example.com/b.git", None),
        ("git@example.com:a/b.git@v1", "git@example.com:a/b.git", "v1"),
        ("git@example.com:a/b.git", "git@example.com:a/b.git", None),
        ("ssh://git@example.com/a/b.git", "ssh://git@example.com/a/b.git", None),
    ],
)
def test_a_url_ends_before_its_ref(source, url, ref):
    assert is_git_url(source)
    assert not is_path(source)
    assert split_ref(source) == (url, ref)
