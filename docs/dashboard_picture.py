"""Draws dashboard.svg: the dashboard of examples/dashboard over a day of made-up data."""

import io
import json
import math
import random
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from sm_tf.sandbox import synthesize
from sm_tf.sandbox.aws.metric_math import evaluate

PICTURE = Path(__file__).with_name("dashboard.svg")
EXAMPLE = Path(__file__).parents[1] / "examples" / "dashboard"
CAPTION = "The data is made up. The widgets are those of examples/dashboard."

DAY = 24 * 60
# The graph ends in the evening, when most people call.
FIRST_HOUR = 20.5
INCIDENT = range(14 * 60 + 10, 14 * 60 + 55)
MOST_INSTANCES, FEWEST_INSTANCES, REQUESTS_FOR_ONE = 6, 2, 900

COLUMN, ROW = 0.5, 0.42
CARD, PAGE, INK, PALE, RED, GREEN = "#ffffff", "#f2f3f3", "#16191f", "#687078", "#d13212", "#1d8102"

Json = dict[str, Any]
Series = list[float | None]


@dataclass(frozen=True)
class Minute:
    """One minute of the endpoint."""

    requests: float
    instances: int
    latency: float
    errors_4xx: float
    errors_5xx: float
    noise: float

    @property
    def load(self) -> float:
        """Requests for an instance, as a share of its target."""
        return self.requests / self.instances / REQUESTS_FOR_ONE


def made_up_day() -> list[Minute]:
    """A day with a quiet night, a busy evening, and a bad deployment before noon."""
    chance = random.Random(4)
    day: list[Minute] = []
    instances = MOST_INSTANCES
    for minute in range(DAY):
        hour = (FIRST_HOUR + minute / 60) % 24
        curve = 0.5 - 0.5 * math.cos((hour - 4) / 24 * 2 * math.pi)
        evening = math.exp(-((((hour - 8.2) % 24 - 12) / 2.2) ** 2))
        requests = (500 + 3000 * curve + 2300 * evening) * chance.uniform(0.98, 1.02)
        if minute % 15 == 0:
            wanted = math.ceil(requests / REQUESTS_FOR_ONE)
            instances = max(FEWEST_INSTANCES, min(MOST_INSTANCES, wanted))
        failing = math.sin((minute - INCIDENT.start) / len(INCIDENT) * math.pi) if minute in INCIDENT else 0
        load = requests / instances / REQUESTS_FOR_ONE
        day.append(
            Minute(
                requests=requests,
                instances=instances,
                latency=38_000 * (0.8 + 0.35 * load) * chance.uniform(0.97, 1.03) * (1 + 1.6 * failing),
                errors_4xx=requests * chance.uniform(0.003, 0.007),
                errors_5xx=requests * (chance.uniform(0, 0.0012) + 0.034 * failing),
                noise=chance.uniform(-1, 1),
            )
        )
    return day


Reading = Callable[[Minute], float]
SUMS: dict[str, Reading] = {
    "Invocations": lambda m: m.requests,
    "InvocationsPerInstance": lambda m: m.requests / m.instances,
    "Invocation4XXErrors": lambda m: m.errors_4xx,
    "Invocation5XXErrors": lambda m: m.errors_5xx,
}
LEVELS: dict[str, Reading] = {
    "ModelLatency": lambda m: m.latency,
    "OverheadLatency": lambda m: 9_000 + 700 * m.noise,
    "CPUUtilization": lambda m: 2 * (6 + 50 * m.load + 2 * m.noise),
    "MemoryUtilization": lambda m: 41 + 4 * m.load + m.noise,
    "DiskUtilization": lambda m: 23 + 0.2 * m.noise,
}
PERCENTILES = {"p50": 0.92, "p90": 1.7, "p99": 3.1}


def made_up(name: str, statistic: str, period: int, day: list[Minute]) -> Series:
    """A metric of that day, one value a period."""
    minutes = period // 60
    windows = [day[start : start + minutes] for start in range(0, DAY, minutes)]
    if statistic == "SampleCount" and name in LEVELS:
        return [float(sum(minute.instances for minute in window)) for window in windows]
    if statistic == "Sum":
        return [sum(SUMS[name](minute) for minute in window) for window in windows]
    spread = 1 if statistic == "Average" else PERCENTILES[statistic]
    return [spread * sum(LEVELS[name](minute) for minute in window) / len(window) for window in windows]


@dataclass(frozen=True)
class Line:
    """A line of a graph's legend."""

    label: str
    color: str
    values: Series
    period: int
    on_the_right: bool


def lines_of(metrics: list[list[Any]], day: list[Minute]) -> list[Line]:
    """The visible metrics and expressions of a graph with their values."""
    by_id: dict[str, Series] = {}
    lines = []
    for *names, options in metrics:
        period = options["period"]
        if names:
            values = made_up(names[1], options["stat"], period, day)
        else:
            values = _computed(options["expression"], by_id, DAY * 60 // period)
        if "id" in options:
            by_id[options["id"]] = values
        if options.get("visible", True):
            on_the_right = options.get("yAxis") == "right"
            lines.append(Line(options["label"], options["color"], values, period, on_the_right))
    return lines


def _computed(expression: str, by_id: dict[str, Series], periods: int) -> Series:
    if running := re.fullmatch(r"RUNNING_SUM\((\w+)\)", expression):
        return list(accumulate(value or 0 for value in by_id[running[1]]))
    return evaluate(expression, by_id, periods)


def body_of_example() -> tuple[Json, Json]:
    """The dashboard that the example writes, and its alarms by their addresses."""
    with tempfile.TemporaryDirectory() as folder:
        (stack,) = synthesize(EXAMPLE, Path(folder))
        resources = json.loads((stack.directory / "cdk.tf.json").read_text())["resource"]
    (dashboard,) = resources["aws_cloudwatch_dashboard"].values()
    return json.loads(dashboard["dashboard_body"]), resources["aws_cloudwatch_metric_alarm"]


def is_firing(alarm: Json, day: list[Minute]) -> bool:
    """Whether enough of the alarm's last periods breach."""
    queries = alarm.get("metric_query", [{"metric": alarm | {"stat": alarm.get("statistic")}}])
    by_id: dict[str, Series] = {}
    for query in sorted(queries, key=lambda query: "expression" in query):
        if metric := query.get("metric"):
            statistic = metric["stat"] or alarm["extended_statistic"]
            values = made_up(metric["metric_name"], statistic, metric["period"], day)
        else:
            values = evaluate(query["expression"], by_id, len(next(iter(by_id.values()))))
        by_id[query.get("id", "")] = values
    breaches = [value is not None and value >= alarm["threshold"] for value in values]
    assert alarm["comparison_operator"] == "GreaterThanOrEqualToThreshold"
    return sum(breaches[-alarm["evaluation_periods"] :]) >= alarm["datapoints_to_alarm"]


class Page:
    """The picture, measured in inches from its upper left corner."""

    def __init__(self, rows: int) -> None:
        self.width, self.height = 24 * COLUMN + 0.2, rows * ROW + 0.45
        self.figure = Figure(figsize=(self.width, self.height), facecolor=PAGE)

    def write(self, x: float, y: float, text: str, **style: Any) -> None:
        """Text, with its baseline at y."""
        self.figure.text(x / self.width, 1 - y / self.height, text, **{"color": INK, **style})

    def box(self, x: float, y: float, width: float, height: float, color: str) -> None:
        """A rectangle with round corners."""
        corner = (x / self.width, 1 - (y + height) / self.height)
        size = (width / self.width, height / self.height)
        style = "round,pad=0,rounding_size=0.004"
        patch = FancyBboxPatch(corner, *size, boxstyle=style, facecolor=color, edgecolor="none", zorder=-1)
        patch.set_transform(self.figure.transFigure)
        self.figure.add_artist(patch)

    def axes(self, x: float, y: float, width: float, height: float) -> Axes:
        """A place to plot."""
        place = (x / self.width, 1 - (y + height) / self.height, width / self.width, height / self.height)
        return self.figure.add_axes(place, facecolor=CARD)


def draw(body: Json, alarms: Json) -> str:
    """The dashboard as SVG, whose text stays text."""
    day = made_up_day()
    rows = max(widget["y"] + widget["height"] for widget in body["widgets"])
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "sm_tf", "font.size": 7.5}):
        page = Page(rows)
        for widget in body["widgets"]:
            properties = widget["properties"]
            x, y = 0.1 + widget["x"] * COLUMN, 0.1 + widget["y"] * ROW
            width, height = widget["width"] * COLUMN, widget["height"] * ROW
            page.box(x + 0.04, y + 0.04, width - 0.08, height - 0.08, CARD)
            if widget["type"] == "text":
                draw_text(page, x, y, properties["markdown"])
            elif widget["type"] == "alarm":
                states = {}
                for arn in properties["alarms"]:
                    alarm = alarms[arn.split(".")[1]]
                    states[alarm["alarm_name"]] = is_firing(alarm, day)
                draw_states(page, x, y, width, properties["title"], states)
            else:
                draw_graph(page, (x, y, width, height), properties, lines_of(properties["metrics"], day))
        page.write(0.2, page.height - 0.14, CAPTION, size=8, color=PALE, style="italic")
        text = io.StringIO()
        page.figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None}, facecolor=PAGE)
    return re.sub(r"[ \t]+$", "", text.getvalue(), flags=re.MULTILINE)


def draw_text(page: Page, x: float, y: float, markdown: str) -> None:
    """Headings and plain lines."""
    y += 0.05
    for text in markdown.splitlines():
        level = len(text) - len(text.lstrip("#"))
        size = {0: 8, 1: 14, 2: 11}[level]
        y += size * 0.0235
        page.write(
            x + 0.15, y, text.lstrip("# ").replace("`", ""), size=size, weight="bold" if level else None
        )


def draw_states(page: Page, x: float, y: float, width: float, title: str, states: dict[str, bool]) -> None:
    """A tile for each alarm."""
    page.write(x + 0.15, y + 0.24, title, size=9, weight="bold")
    in_a_line = 4
    tile = (width - 0.24) / in_a_line
    for number, (name, fires) in enumerate(states.items()):
        left, top = x + 0.12 + number % in_a_line * tile, y + 0.35 + number // in_a_line * 0.42
        page.box(left + 0.03, top, tile - 0.06, 0.36, RED if fires else GREEN)
        state = "In alarm" if fires else "OK"
        page.write(left + 0.12, top + 0.155, name, size=6, color="white", weight="bold")
        page.write(left + 0.12, top + 0.295, state, size=6.3, color="white")


def draw_graph(page: Page, place: tuple[float, ...], properties: Json, lines: list[Line]) -> None:
    """A graph with its thresholds and its legend."""
    x, y, width, height = place
    page.write(x + 0.15, y + 0.24, properties["title"], size=9, weight="bold")
    both = any(line.on_the_right for line in lines)
    left = page.axes(x + 0.55, y + 0.5, width - (1.1 if both else 0.8), height - 1.05)
    sides = {"left": left, "right": left.twinx() if both else left}
    for line in lines:
        hours = [FIRST_HOUR + (index + 0.5) * line.period / 3600 for index in range(len(line.values))]
        axes = sides["right" if line.on_the_right else "left"]
        axes.plot(hours, line.values, color=line.color, label=line.label, linewidth=1.1)
    for side, axes in sides.items():
        if side in properties["yAxis"]:
            _finish_axis(axes, side, properties)
    left.set_xlim(FIRST_HOUR, FIRST_HOUR + 24)
    ticks = range(math.ceil(FIRST_HOUR / 3) * 3, int(FIRST_HOUR) + 25, 3)
    left.set_xticks(list(ticks), [f"{hour % 24:02}:00" for hour in ticks])
    left.grid(axis="y", color="#e9ebed", linewidth=0.6)
    left.set_axisbelow(True)
    handles = [
        handle for axes in dict.fromkeys(sides.values()) for handle in axes.get_legend_handles_labels()[0]
    ]
    left.legend(
        handles=handles,
        loc="upper center",
        bbox_to_anchor=(0.5, -0.11),
        ncols=4,
        frameon=False,
        fontsize=6.6,
        handlelength=1.2,
        columnspacing=1,
    )


def _finish_axis(axes: Axes, side: str, properties: Json) -> None:
    axis = properties["yAxis"][side]
    across = properties.get("annotations", {}).get("horizontal", ())
    levels: dict[float, list[Json]] = {}
    for annotation in across:
        if annotation["yAxis"] == side:
            levels.setdefault(annotation["value"], []).append(annotation)
    highest = max([axes.get_ylim()[1], *levels])
    axes.set_ylim(axis["min"], highest * 1.14)
    values = sorted(levels)
    for number, value in enumerate(values):
        color = levels[value][-1]["color"]
        axes.axhline(value, color=color, linewidth=1, linestyle=(0, (4, 2)))
        # Names of thresholds that lie close together stand on different sides of the lines.
        is_crowded = value != values[-1] and values[number + 1] - value < 0.1 * highest
        axes.annotate(
            ", ".join(annotation["label"] for annotation in levels[value]),
            (0.99, value),
            xycoords=axes.get_yaxis_transform(),
            xytext=(0, -2 if is_crowded else 1.5),
            textcoords="offset points",
            ha="right",
            va="top" if is_crowded else "bottom",
            size=6.3,
            color=color,
        )
    # As the console does, at the upper end.
    axes.annotate(
        axis["label"],
        (0 if side == "left" else 1, 1),
        xycoords="axes fraction",
        xytext=(0, 3),
        textcoords="offset points",
        ha=side,
        size=6.8,
        color=PALE,
    )
    axes.tick_params(colors=PALE, labelsize=6.8, length=0)
    for spine in axes.spines.values():
        spine.set_color("#d5dbdb")


if __name__ == "__main__":
    PICTURE.write_text(draw(*body_of_example()))
