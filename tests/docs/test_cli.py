import runpy
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_says_what_the_commands_say() -> None:
    """`python docs/generate.py` writes it."""
    generate = runpy.run_path(str(DOCS / "generate.py"))
    assert (DOCS / "cli.md").read_text() == generate["page"]()
