"""How many requests a second an endpoint can bear, measured by sending more and more.

    payload, target → steps → measurements → verdict

The method is AWS's: https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-scaling-loadtest.html. Needs
boto3, `pip install 'sm-tf[aws]'`.

    aws = Aws()
    target = find_target(aws, "sentiment")
    payload = read_payload(Path("payload.json"))
    limits = Limits()
    measured = list(drive(aws, target, payload, plan_steps(), limits))
    judge(target, limits, measured).max_requests_per_second
"""

from sm_tf.load_test.client import Aws
from sm_tf.load_test.drive import drive
from sm_tf.load_test.measurement import Limits, Measurement
from sm_tf.load_test.payload import Payload, read_payload
from sm_tf.load_test.steps import Step, plan_steps
from sm_tf.load_test.target import Target, Variant, find_target
from sm_tf.load_test.verdict import End, Verdict, judge

__all__ = [
    "Aws",
    "End",
    "Limits",
    "Measurement",
    "Payload",
    "Step",
    "Target",
    "Variant",
    "Verdict",
    "drive",
    "find_target",
    "judge",
    "plan_steps",
    "read_payload",
]
