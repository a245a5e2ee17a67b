"""Asynchronous inference: requests and responses are stored in S3, and SageMaker queues the requests."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sm_tf.access.kms import check_key, key_arn
from sm_tf.access.policies import grant
from sm_tf.access.principal import Grantee
from sm_tf.access.provider_types import KeyLike, TopicLike
from sm_tf.access.role_permissions import allow_for, objects_below
from sm_tf.aws.api_rules import sagemaker
from sm_tf.bindings.core import Construct
from sm_tf.bindings.tokens import as_list, as_number
from sm_tf.configuration.destination import check_destination
from sm_tf.foundation.arn import arn_form
from sm_tf.foundation.checks import CountLike
from sm_tf.foundation.errors import Checks
from sm_tf.foundation.location import check_region
from sm_tf.foundation.public import public
from sm_tf.foundation.rules import check_count_rule, check_text_rule, check_whole_rule
from sm_tf.model.model import IModel


class NotificationTopic(StrEnum):
    """The notifications that include the response itself."""

    SUCCESS_NOTIFICATION_TOPIC = "SUCCESS_NOTIFICATION_TOPIC"
    ERROR_NOTIFICATION_TOPIC = "ERROR_NOTIFICATION_TOPIC"


@public
@dataclass(frozen=True, kw_only=True)
class AsyncInferenceConfig:
    """Makes an endpoint asynchronous. It accepts only requests that are stored in S3, up to 1 GB each, queues
    them, and writes the responses to S3.

    The model's role is granted permission to read the requests, write the responses and publish to the
    topics.

    Args:
        s3_output_path: The location of the responses, `s3://<bucket>/<prefix>`.
        s3_failure_path: The location of the error responses. Defaults to a location chosen by AWS next to the
            responses.
        s3_input_path: The location where callers put their requests. Not sent to AWS; used only to grant read
            access to the model and, with `grant_invoke`, write access to callers. Without it, grant
            both yourself.
        success_topic: The SNS topic (resource, data source or ARN) that is notified of each response.
            Defaults to no notification.
        error_topic: The SNS topic that is notified of each error. Defaults to no notification.
        include_inference_response_in: The notifications that include the response itself, up to 128 KB of it.
            Defaults to none.
        max_concurrent_invocations_per_instance: The most requests that an instance receives at the same time,
            1 to 1000. Defaults to a value chosen by AWS.
        encryption_key: The KMS key (resource, data source or ARN) that encrypts the responses. Defaults to
            the bucket's own encryption.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AsyncInferenceConfig.html
    """

    s3_output_path: str
    s3_failure_path: str | None = None
    s3_input_path: str | None = None
    success_topic: TopicLike | str | None = None
    error_topic: TopicLike | str | None = None
    include_inference_response_in: Sequence[NotificationTopic] = ()
    max_concurrent_invocations_per_instance: CountLike | None = None
    encryption_key: KeyLike | str | None = None

    def check(self, check: Checks, region: str | None = None) -> None:
        """Check the values that AWS would refuse, in a region if that is known."""
        what = "async_inference_config"
        for name in ("s3_output_path", "s3_failure_path", "s3_input_path"):
            check_destination(check, f"{what}: {name}", getattr(self, name))
        concurrency = self.max_concurrent_invocations_per_instance
        rule = sagemaker("MaxConcurrentInvocationsPerInstance")
        check_whole_rule(check, f"{what}: max_concurrent_invocations_per_instance", concurrency, rule)
        for name in ("success_topic", "error_topic"):
            topic = getattr(self, name)
            arn = topic if isinstance(topic, str) else getattr(topic, "arn", topic)
            rule, must = sagemaker("SnsTopicArn"), "must be an SNS topic or its ARN"
            check_text_rule(check, f"{what}: {name}", arn, rule, must, form=_TOPIC_ARN)
            check_region(check, f"{what}: {name}", arn, region)
        topics = {
            NotificationTopic.SUCCESS_NOTIFICATION_TOPIC: self.success_topic,
            NotificationTopic.ERROR_NOTIFICATION_TOPIC: self.error_topic,
        }
        included, rule = self.include_inference_response_in, sagemaker("AsyncNotificationTopicTypeList")
        check_count_rule(check, f"{what}: include_inference_response_in", len(included), rule, "entries")
        for choice in included:
            check.require(
                topics.get(choice, "") is not None,
                f"{what}: include_inference_response_in has {choice!s}, but no such topic is given; pass one",
            )
        check_key(check, self.encryption_key, f"{what}: encryption_key", region=region)

    def render(self) -> dict[str, Any]:
        """Return the provider's block."""
        notification = {
            "success_topic": _topic_arn(self.success_topic),
            "error_topic": _topic_arn(self.error_topic),
            "include_inference_response_in": as_list(
                [str(topic) for topic in self.include_inference_response_in]
            )
            or None,
        }
        concurrency = self.max_concurrent_invocations_per_instance
        client = {"max_concurrent_invocations_per_instance": as_number(concurrency)}
        return {
            "client_config": client if concurrency is not None else None,
            "output_config": {
                "s3_output_path": self.s3_output_path,
                "s3_failure_path": self.s3_failure_path,
                "kms_key_id": key_arn(self.encryption_key),
                "notification_config": notification if any(notification.values()) else None,
            },
        }

    def grant_model(self, scope: Construct, model: IModel) -> None:
        """Allow the model's role to read the requests, write the responses and publish to the topics.

        Source: https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-create-endpoint-prerequisites.html
        """
        located = {
            "s3_output_path": self.s3_output_path,
            "s3_failure_path": self.s3_failure_path,
            "s3_input_path": self.s3_input_path,
        }
        named = {
            "success_topic": _topic_arn(self.success_topic),
            "error_topic": _topic_arn(self.error_topic),
            "encryption_key": key_arn(self.encryption_key),
        }
        named = {name: uri and objects_below(scope, uri) for name, uri in located.items()} | named
        for name, arn in named.items():
            if arn:
                allow_for(model, f"AsyncInferenceConfig.{name}", arn)

    def grant_caller(self, scope: Construct, grantee: Grantee) -> None:
        """Allow a caller of the endpoint to put requests and read the responses."""
        if self.s3_input_path is not None:
            grant(scope, grantee, ["s3:PutObject"], objects_below(scope, self.s3_input_path))
        for uri in (self.s3_output_path, self.s3_failure_path):
            if uri is not None:
                grant(scope, grantee, ["s3:GetObject"], objects_below(scope, uri))
        if key := key_arn(self.encryption_key):
            grant(scope, grantee, ["kms:Decrypt"], key)


def _topic_arn(topic: TopicLike | str | None) -> str | None:
    if topic is None or isinstance(topic, str):
        return topic
    return getattr(topic, "arn", None)


_TOPIC_ARN = arn_form("sns", r"[\w-]+(?:\.fifo)?")
