import subprocess

import pytest

from sm_tf.foundation.git_environment import without_repository


def test_all_that_git_itself_calls_local_to_a_repository_is_dropped():
    listed = subprocess.run(
        ["git", "rev-parse", "--local-env-vars"], capture_output=True, text=True, check=True
    )
    names = listed.stdout.split()
    assert "GIT_DIR" in names
    assert without_repository(dict.fromkeys(names, "x")) == {}


@pytest.mark.parametrize(
    "name",
    [
        "GIT_AUTHOR_NAME",
        "GIT_CONFIG_KEY_0",
        "GIT_CONFIG_VALUE_0",
        "GIT_EDITOR",
        "GIT_EXEC_PATH",
        "GIT_NAMESPACE",
        "GIT_PUSH_OPTION_COUNT",
        "GIT_QUARANTINE_PATH",
        "GIT_REFLOG_ACTION",
        "GIT_TEMPLATE_DIR",
    ],
)
def test_what_else_git_sets_for_a_hook_or_changes_its_work_is_dropped(name):
    assert without_repository({name: "x"}) == {}


@pytest.mark.parametrize(
    "name",
    [
        "GIT_ASKPASS",
        "GIT_CONFIG_GLOBAL",
        "GIT_SSH",
        "GIT_SSH_COMMAND",
        "GIT_SSL_CAINFO",
        "GITHUB_TOKEN",
        "PATH",
    ],
)
def test_the_way_to_a_repository_stays(name):
    assert without_repository({name: "x"}) == {name: "x"}
