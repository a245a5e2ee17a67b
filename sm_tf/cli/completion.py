"""Completes values on the command line; a value that cannot be found out is not completed."""

from collections.abc import Callable
from pathlib import Path


def stacks(incomplete: str) -> list[str]:
    """The names of the stacks that the project synthesized last."""
    from sm_tf.foundation.errors import SmTfError
    from sm_tf.project.project import read_project
    from sm_tf.project.synthesis import read_stacks

    try:
        names = [stack.name for stack in read_stacks(read_project(Path.cwd()).outdir)]
    except (SmTfError, OSError, ValueError, LookupError, TypeError):
        return []
    return [name for name in names if name.startswith(incomplete)]


def templates(incomplete: str) -> list[str]:
    """The names of the built-in templates."""
    from sm_tf.scaffold.template import builtin_templates

    return [template.name for template in builtin_templates() if template.name.startswith(incomplete)]


def choices(question: str) -> Callable[[str], list[str]]:
    """The choices of a question of the built-in templates."""

    def complete(incomplete: str) -> list[str]:
        from sm_tf.scaffold.template import builtin_templates

        asked = [each for template in builtin_templates() for each in template.questions]
        named = [choice for each in asked if each.name == question for choice in each.choices]
        return [choice for choice in dict.fromkeys(named) if choice.startswith(incomplete)]

    return complete
