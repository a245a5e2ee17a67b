"""The SageMaker Runtime API: invocations of the endpoints that exist.

There is no model behind them: the response is the body of the request, unless results were given to moto. A
test can set the latency and the highest rate.
"""

import json
import random
import struct
import threading
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast
from uuid import uuid4

from moto.core.common_types import TYPE_RESPONSE
from moto.core.exceptions import ServiceException
from moto.s3.models import s3_backends
from moto.sagemaker import urls as sagemaker_urls
from moto.sagemaker.models import FakeEndpoint, sagemaker_backends
from moto.sagemakerruntime import urls
from moto.sagemakerruntime.responses import SageMakerRuntimeResponse

from sm_tf.aws.invocation_limits import INSTANCE_PAYLOAD_BYTES, SERVERLESS_PAYLOAD_BYTES
from sm_tf.sandbox.aws.capacity import Capacity, Turns
from sm_tf.sandbox.aws.extend import answer_with
from sm_tf.sandbox.aws.sagemaker import Described, HostingBackend


class ValidationError(ServiceException):
    """The request is not valid."""

    code = "ValidationError"


class ServiceUnavailable(ServiceException):
    """More requests than the instances can handle."""

    code = "ServiceUnavailable"
    message = "The service is unavailable. Try your call again."


class ThrottlingException(ServiceException):
    """More concurrent requests than a serverless variant accepts."""

    code = "ThrottlingException"
    message = "Rate exceeded"


class Load:
    """The capacity of each endpoint by its name, and its requests in flight."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._capacities: dict[str, Capacity] = {}
        self._turns: defaultdict[tuple[str, str], Turns] = defaultdict(Turns)
        self._in_flight: Counter[tuple[str, str]] = Counter()

    def set_capacity(self, endpoint_name: str, **capacity: Any) -> None:
        """Set the capacity of the endpoint of this name, which need not exist yet."""
        with self._lock:
            self._capacities[endpoint_name] = Capacity(**capacity)
            for key in [key for key in self._turns if key[0] == endpoint_name]:
                del self._turns[key]

    def serve(self, endpoint_name: str, variant: Described) -> None:
        """Wait as long as the variant needs for one request, or refuse the request."""
        key = endpoint_name, variant["VariantName"]
        serverless = variant.get("CurrentServerlessConfig")
        with self._lock:
            capacity = self._capacities.get(endpoint_name, Capacity())
            turns = self._turns[key]
        instances = 1 if serverless else variant["CurrentInstanceCount"]
        with self._concurrent(key, serverless["MaxConcurrency"] if serverless else None):
            wait = turns.wait(capacity, instances, time.monotonic())
            if wait is None:
                raise ServiceUnavailable
            time.sleep(wait + capacity.latency)

    @contextmanager
    def _concurrent(self, key: tuple[str, str], highest: int | None) -> Iterator[None]:
        with self._lock:
            if highest is not None and self._in_flight[key] >= highest:
                raise ThrottlingException
            self._in_flight[key] += 1
        try:
            yield
        finally:
            with self._lock:
                self._in_flight[key] -= 1


class RuntimeResponses(SageMakerRuntimeResponse):
    """Answers for the endpoints that exist."""

    load: Load
    # Bodies may be binary.
    use_raw_body = True

    def invoke_endpoint(self) -> TYPE_RESPONSE:
        """InvokeEndpoint: by the named variant, else by a random one, according to the weights."""
        name = self._endpoint_name()
        variant = self._invoked_variant(name)
        self.load.serve(name, variant)
        answer: Any = self.raw_body
        headers = {"Content-Type": self.headers.get("Content-Type") or "application/octet-stream"}
        given = self.sagemakerruntime_backend
        if given.results_queue or name in given.results:
            self.body = self.raw_body.decode(errors="replace")
            _, headers, answer = cast("tuple[int, dict[str, str], Any]", super().invoke_endpoint())
        return 200, {**headers, "x-Amzn-Invoked-Production-Variant": variant["VariantName"]}, answer

    def invoke_endpoint_with_response_stream(self) -> TYPE_RESPONSE:
        """InvokeEndpointWithResponseStream: the body in a single part."""
        name = self._endpoint_name()
        variant = self._invoked_variant(name)
        self.load.serve(name, variant)
        headers = {
            "Content-Type": "application/vnd.amazon.eventstream",
            "X-Amzn-SageMaker-Content-Type": self.headers.get("Content-Type") or "application/octet-stream",
            "x-Amzn-Invoked-Production-Variant": variant["VariantName"],
        }
        return 200, headers, _event("PayloadPart", self.raw_body)

    def invoke_endpoint_async(self) -> TYPE_RESPONSE:
        """InvokeEndpointAsync: the result exists at once if S3 has the input and the output's bucket."""
        name = self._endpoint_name()
        _, config = self._endpoint(name)
        asynchronous = config.get("AsyncInferenceConfig")
        if not asynchronous:
            raise ValidationError(f"Endpoint {name} is not asynchronous: use InvokeEndpoint.")
        output = asynchronous["OutputConfig"]["S3OutputPath"].rstrip("/") + f"/{uuid4()}.out"
        self._copy(self.headers.get("X-Amzn-SageMaker-InputLocation", ""), output)
        inference = self.headers.get("X-Amzn-SageMaker-Inference-Id") or str(uuid4())
        return 202, {"X-Amzn-SageMaker-OutputLocation": output}, json.dumps({"InferenceId": inference})

    def _endpoint_name(self) -> str:
        return str(self.path.split("/")[2])

    def _endpoint(self, name: str) -> tuple[FakeEndpoint, Described]:
        hosting = sagemaker_backends[self.current_account][self.region]
        assert isinstance(hosting, HostingBackend)
        endpoint = hosting.endpoints.get(name)
        if endpoint is None or endpoint.endpoint_status == "Failed":
            raise ValidationError(f"Endpoint {name} of account {self.current_account} not found.")
        return endpoint, hosting.config_requests[endpoint.endpoint_config_name]

    def _invoked_variant(self, name: str) -> Described:
        endpoint, config = self._endpoint(name)
        if config.get("AsyncInferenceConfig"):
            raise ValidationError(f"Endpoint {name} is asynchronous: use InvokeEndpointAsync.")
        variants: list[Described] = endpoint.production_variants
        if target := self.headers.get("X-Amzn-SageMaker-Target-Variant"):
            variant = next((variant for variant in variants if variant["VariantName"] == target), None)
            if variant is None:
                raise ValidationError(f"Variant {target} not found for endpoint {name}.")
        else:
            (variant,) = random.choices(variants, [variant["CurrentWeight"] for variant in variants])
        serverless = "CurrentServerlessConfig" in variant
        if len(self.raw_body) > (SERVERLESS_PAYLOAD_BYTES if serverless else INSTANCE_PAYLOAD_BYTES):
            raise ValidationError("The request has an oversize body.")
        return variant

    def _copy(self, source: str, destination: str) -> None:
        s3 = s3_backends[self.current_account][self.partition]
        (bucket, key), (to_bucket, to_key) = (
            location.removeprefix("s3://").partition("/")[::2] for location in (source, destination)
        )
        found = s3.get_object(bucket, key) if bucket in s3.buckets else None
        if found and to_bucket in s3.buckets:
            s3.put_object(to_bucket, to_key, value=found.value)


def _event(kind: str, payload: bytes) -> bytes:
    """One message of AWS's event stream encoding."""
    pairs = {":message-type": "event", ":event-type": kind, ":content-type": "application/octet-stream"}
    headers = b"".join(
        struct.pack("!B", len(name)) + name.encode() + struct.pack("!BH", 7, len(value)) + value.encode()
        for name, value in pairs.items()
    )
    prelude = struct.pack("!II", len(headers) + len(payload) + 16, len(headers))
    message = prelude + struct.pack("!I", zlib.crc32(prelude)) + headers + payload
    return message + struct.pack("!I", zlib.crc32(message))


def install(load: Load) -> None:
    """Replace moto's answers, and add the streaming one. `load` has the capacities of endpoints."""
    # moto makes the objects of this class itself.
    RuntimeResponses.load = load
    answer_with(urls, RuntimeResponses)
    # moto would take this path for a request of the other API.
    streamed = "{0}/endpoints/(?P<name>[^/]+)/invocations-response-stream$"
    sagemaker_urls.url_paths[streamed] = RuntimeResponses.dispatch
