"""Measures how many requests per second an endpoint can handle, by sending more and more.

    payload, target → steps → measurements → verdict

The method is AWS's: https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-scaling-loadtest.html. Needs
boto3, `pip install 'sm-tf[aws]'`.

    aws = SageMakerClients()
    target = find_target(aws, "sentiment")
    payload = read_payload(Path("payload.json"))
    limits = Limits()
    measured = list(drive(aws, target, payload, plan_steps(), limits))
    evaluate(target, limits, measured).max_requests_per_second
"""

from sm_tf.load_test.client import SageMakerClients
from sm_tf.load_test.drive import drive
from sm_tf.load_test.measurement import Limits, Measurement
from sm_tf.load_test.payload import Payload, read_payload
from sm_tf.load_test.steps import Step, plan_steps
from sm_tf.load_test.target import Target, Variant, find_target
from sm_tf.load_test.verdict import StopReason, Verdict, evaluate

__all__ = [
    "Limits",
    "Measurement",
    "Payload",
    "SageMakerClients",
    "Step",
    "StopReason",
    "Target",
    "Variant",
    "Verdict",
    "drive",
    "evaluate",
    "find_target",
    "plan_steps",
    "read_payload",
]
