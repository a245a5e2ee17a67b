"""A CloudWatch dashboard of widgets in rows."""

import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sm_tf.bindings.core import Construct, TerraformProvider
from sm_tf.bindings.resources import Resource, place_of
from sm_tf.bindings.tokens import tokens_within
from sm_tf.cloudwatch.widget import GRID_COLUMNS, Widget
from sm_tf.foundation.claimed_names import claim_name
from sm_tf.foundation.construct import SmTfConstruct
from sm_tf.foundation.environment import Environment
from sm_tf.foundation.errors import Checks, checking
from sm_tf.foundation.naming import readable_name
from sm_tf.foundation.texts import check_text

if TYPE_CHECKING:
    from sm_tf.bindings.aws import CloudwatchDashboard

MAX_WIDGETS = 500
MAX_METRICS = 2500
"""In a dashboard, including metrics that expressions use:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
"""

Rows = Sequence[Sequence[Widget]]

_NAME = re.compile("[A-Za-z0-9_-]{1,255}")


class Dashboard(SmTfConstruct):
    """A CloudWatch dashboard.

    Graphs keep their own periods whatever the time range is, so that thresholds keep their meaning.

    Args:
        dashboard_name: 1 to 255 letters, digits, hyphens and underscores. Defaults to the construct's path. A
            dashboard belongs to the account, not to a region: another one of the same name is overwritten.
        widgets: Rows of widgets, from left to right. Widgets that don't fit into the 24 columns of a row
            continue below.
        provider: the AWS provider. Defaults to the scope's provider: the stack's default one, unless a
            construct around it was given another.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html

    Raises:
        InvalidPropsError: a malformed name, more than 500 widgets, or more than 2,500 metrics.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        dashboard_name: str | None = None,
        widgets: Sequence[Sequence[Widget]] = (),
        provider: TerraformProvider | None = None,
    ) -> None:
        self._added = [list(row) for row in widgets]
        with checking(place_of(scope).below(id).path) as check:
            rule = "must be 1 to 255 letters, digits, '-' and '_'"
            check_text(check, "dashboard_name", dashboard_name, _NAME, rule)
            _check(check, self._added)
        super().__init__(scope, id, provider)
        self._name = dashboard_name or readable_name(self, limit=255)
        claim_name(self.place, "dashboard", lambda: self._name, argument="dashboard_name", is_global=True)
        self._region = Environment(self).region
        self._resource = Resource(
            self,
            "Resource",
            "aws_cloudwatch_dashboard",
            self._values,
            attributes=("dashboard_arn", "dashboard_name"),
        )
        self.dashboard_arn = self._resource["dashboard_arn"]
        self.dashboard_name = self._resource["dashboard_name"]

    @property
    def resource(self) -> "CloudwatchDashboard":
        """The provider's resource."""
        resource: CloudwatchDashboard = self._resource.object
        return resource

    def add_widgets(self, *widgets: Widget) -> None:
        """Append a row.

        Raises:
            InvalidPropsError: more than 500 widgets, or more than 2,500 metrics.
        """
        with checking(self.path) as check:
            _check(check, [*self._added, widgets])
        self._added.append(list(widgets))

    def _rows(self) -> Rows:
        return self._added

    def _values(self) -> dict[str, Any]:
        return {"dashboard_name": self._name, "dashboard_body": _body(self._rows(), self._region)}

    def _check_at_synth(self, check: Checks) -> None:
        """Note if it has become too large."""
        _check(check, self._rows())


def _check(check: Checks, rows: Rows) -> None:
    widgets = [widget for row in rows for widget in row]
    invalid = [widget for widget in widgets if not isinstance(widget, Widget)]
    for given in invalid:
        check.problem(f"{given!r} is not a widget; pass a GraphWidget, TextWidget, AlarmStatusWidget, …")
    check.require(
        len(widgets) <= MAX_WIDGETS,
        f"{len(widgets)} widgets are given; a dashboard has at most {MAX_WIDGETS}, so make another one",
    )
    if not invalid:
        metrics = sum(widget.metrics_count for widget in widgets)
        check.require(
            metrics <= MAX_METRICS,
            f"its widgets retrieve {metrics} metrics, including those that expressions use; a dashboard has "
            f"at most {MAX_METRICS}, so make another one",
        )


def _body(rows: Rows, region: str) -> str:
    """The dashboard as CloudWatch takes it. Tokens stay in the text, numbers too."""
    body = {"periodOverride": "inherit", "widgets": _place(rows, region)}
    return json.dumps(tokens_within(body), ensure_ascii=False)


def _place(rows: Rows, region: str) -> list[dict[str, Any]]:
    placed = []
    x = y = tallest = 0
    for row in rows:
        x, y, tallest = 0, y + tallest, 0
        for widget in row:
            if x + widget.width > GRID_COLUMNS:
                x, y, tallest = 0, y + tallest, 0
            placed.append({"x": x, "y": y, **widget.to_json(region)})
            x, tallest = x + widget.width, max(tallest, widget.height)
    return placed
