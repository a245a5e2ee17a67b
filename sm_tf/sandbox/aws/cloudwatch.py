"""CloudWatch: composite alarms, the states of alarms, and refusals of invalid alarms and dashboards."""

import json
import re

from moto.cloudwatch import urls
from moto.cloudwatch.exceptions import DashboardInvalidInputError, InvalidParameterValue, ValidationError
from moto.cloudwatch.models import Alarm
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult

from sm_tf.sandbox.aws.alarm_evaluation import alarms_in
from sm_tf.sandbox.aws.alarm_states import hold, refresh
from sm_tf.sandbox.aws.dashboard_body import find_problems
from sm_tf.sandbox.aws.extend import answer_with

_EXTENDED_STATISTIC = re.compile(r"(p|tm|wm|tc|ts)\d{1,3}(\.\d+)?|IQM|(TM|WM|TC|TS|PR)\([\d.]*%?:[\d.]*%?\)")


class AlarmResponses(CloudWatchResponse):
    """Answers for alarms where moto does not."""

    def put_metric_alarm(self) -> ActionResult:
        """PutMetricAlarm: refuses impossible thresholds and datapoints."""
        periods, datapoints = self._get_param("EvaluationPeriods"), self._get_param("DatapointsToAlarm")
        if datapoints is not None and periods is not None and datapoints > periods:
            raise ValidationError("DatapointsToAlarm must be less than or equal to EvaluationPeriods")
        if self._get_param("Threshold") is None and not self._get_param("ThresholdMetricId"):
            raise ValidationError("An alarm needs a Threshold or a ThresholdMetricId")
        return self._put()

    def put_composite_alarm(self) -> ActionResult:
        """PutCompositeAlarm: refuses rules with missing alarms."""
        rule = self._get_param("AlarmRule")
        used = alarms_in(rule)
        if not used and not re.search(r"\b(TRUE|FALSE)\b", rule):
            raise ValidationError(f"AlarmRule must not contain a syntax error: {rule}")
        # A rule may name an alarm by its ARN.
        known = {
            name
            for alarm in self.cloudwatch_backend.alarms.values()
            for name in (alarm.name, alarm.alarm_arn)
        }
        if missing := sorted(used - known):
            raise ValidationError(
                f"Could not save the composite alarm as alarms [{', '.join(missing)}] in the alarm rule "
                "do not exist"
            )
        return self._put()

    def delete_alarms(self) -> ActionResult:
        """DeleteAlarms: refuses alarms that are in the rules of others."""
        names = self._get_param("AlarmNames", [])
        used = {
            name
            for alarm in self.cloudwatch_backend.alarms.values()
            if alarm.rule is not None and alarm.name not in names
            for name in alarms_in(alarm.rule)
        }
        if kept := sorted(used.intersection(names)):
            raise ValidationError(
                f"Cannot delete {', '.join(kept)} as there are composite alarm(s) depending on "
                f"{'it' if len(kept) == 1 else 'them'}."
            )
        return super().delete_alarms()

    def describe_alarms(self) -> ActionResult:
        """DescribeAlarms: with the states by the data points."""
        refresh(self.cloudwatch_backend)
        return super().describe_alarms()

    def set_alarm_state(self) -> ActionResult:
        """SetAlarmState: the state stays until there is new data."""
        answer = super().set_alarm_state()
        hold(self.cloudwatch_backend, self._get_param("AlarmName"))
        return answer

    def put_dashboard(self) -> ActionResult:
        """PutDashboard: refuses bodies that do not have the documented structure."""
        name = self._get_param("DashboardName")
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,255}", name):
            raise InvalidParameterValue(
                f"The value {name} for field DashboardName contains invalid characters. It can only contain "
                "alphanumerics, dash (-) and underscore (_)."
            )
        try:
            body = json.loads(self._get_param("DashboardBody"))
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise DashboardInvalidInputError("The field DashboardBody must be a valid JSON object")
        if problems := find_problems(body):
            listed = [{"dataPath": problem.path, "message": problem.message} for problem in problems]
            raise DashboardInvalidInputError(
                f"The dashboard body is invalid, there are {len(problems)} validation errors:\n"
                + json.dumps(listed, indent=2)
            )
        return super().put_dashboard()

    def _put(self) -> ActionResult:
        """Store an alarm of either kind; a changed one keeps its state."""
        name, alarms = self._get_param("AlarmName"), self.cloudwatch_backend.alarms
        state = alarms[name].state_value if name in alarms else "INSUFFICIENT_DATA"
        # moto accepts only percentiles.
        statistic = self.params.pop("ExtendedStatistic", None)
        if statistic is not None and not _EXTENDED_STATISTIC.fullmatch(statistic):
            problem = f"The value {statistic} for parameter ExtendedStatistic is not supported."
            raise InvalidParameterValue(problem)
        answer = super().put_metric_alarm()
        alarm = alarms[name]
        alarm.extended_statistic = statistic
        alarm.update_state("Unchecked: Initial alarm creation", "", state)
        self._add_what_moto_loses(alarm)
        return answer

    def _add_what_moto_loses(self, alarm: Alarm) -> None:
        suppressor = "actions_suppressor"
        vars(alarm)[suppressor] = self._get_param("ActionsSuppressor")
        vars(alarm)[f"{suppressor}_wait_period"] = self._get_param("ActionsSuppressorWaitPeriod")
        vars(alarm)[f"{suppressor}_extension_period"] = self._get_param("ActionsSuppressorExtensionPeriod")
        queries = self._get_param("Metrics", [])
        for kept, query in zip(alarm.metric_data_queries, queries, strict=True):
            vars(kept)["account_id"] = query.get("AccountId")


def install() -> None:
    """Replace moto's answers."""
    answer_with(urls, AlarmResponses)
