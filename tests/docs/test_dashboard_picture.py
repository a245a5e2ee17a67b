"""The picture shows what the example's program says; `python docs/dashboard_picture.py` draws it."""

import runpy
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PICTURE = DOCS / "dashboard.svg"


def texts(svg: str) -> list[str]:
    """What can be read in a picture."""
    root = ElementTree.fromstring(svg)
    return ["".join(text.itertext()).strip() for text in root.iter("{http://www.w3.org/2000/svg}text")]


@pytest.fixture(scope="module")
def script() -> dict[str, Any]:
    return runpy.run_path(str(DOCS / "dashboard_picture.py"))


@pytest.fixture(scope="module")
def example(script: dict[str, Any]) -> Any:
    return script["body_of_example"]()


def test_it_is_the_newest(script: dict[str, Any], example: Any) -> None:
    # Other versions of matplotlib place the lines otherwise; numbers at the axes tell the data.
    assert texts(PICTURE.read_text()) == texts(script["draw"](*example))


def test_every_widget_is_there(example: Any) -> None:
    body, alarms = example
    picture = texts(PICTURE.read_text())
    for widget in body["widgets"]:
        properties = widget["properties"]
        shown = [properties["title"]] if "title" in properties else []
        for line in properties.get("markdown", "").splitlines():
            shown.append(line.lstrip("# ").replace("`", ""))
        for *_, options in properties.get("metrics", ()):
            shown += [options["label"]] if options.get("visible", True) else []
        shown += [axis["label"] for axis in properties.get("yAxis", {}).values()]
        assert [text for text in shown if text not in picture] == []
        for annotation in properties.get("annotations", {}).get("horizontal", ()):
            assert any(annotation["label"] in text for text in picture)
    assert [alarm["alarm_name"] for alarm in alarms.values() if alarm["alarm_name"] not in picture] == []


def test_it_says_that_the_data_are_made_up(script: dict[str, Any]) -> None:
    assert "made up" in script["CAPTION"]
    assert script["CAPTION"] in texts(PICTURE.read_text())


def test_it_is_small() -> None:
    assert PICTURE.stat().st_size < 250_000


def test_a_metric_that_has_no_data_here_is_told(script: dict[str, Any]) -> None:
    row = ["AWS/SageMaker", "Unheard", {"stat": "Sum", "period": 300, "label": "x", "color": "#1f77b4"}]
    with pytest.raises(KeyError, match="Unheard"):
        script["lines_of"]([row], script["made_up_day"]())


def test_the_error_spike_crosses_its_threshold(script: dict[str, Any], example: Any) -> None:
    body, _ = example
    (errors,) = [w["properties"] for w in body["widgets"] if w["properties"].get("title") == "Errors"]
    lines = {
        line.label: line.values for line in script["lines_of"](errors["metrics"], script["made_up_day"]())
    }
    limits = {line["label"]: line["value"] for line in errors["annotations"]["horizontal"]}
    assert max(lines["5xx"]) > limits["main-5xx-error-rate"] > sorted(lines["5xx"])[len(lines["5xx"]) // 2]
