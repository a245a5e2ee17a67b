"""The preprocessing, as SageMaker's inference toolkit calls it."""

import json
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

CODE = Path(__file__).parents[1] / "preprocess" / "inference.py"


@pytest.fixture
def inference() -> ModuleType:
    spec = spec_from_file_location("inference", CODE)
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ('{"text": "  I like\\n you "}', "application/json"),
        (b"I like  you", "text/plain"),
    ],
)
def test_a_request_becomes_what_the_model_takes(inference, body, content_type) -> None:
    question = inference.predict_fn(inference.input_fn(body, content_type), None)
    assert json.loads(inference.output_fn(question, "application/json")) == {"inputs": "I like you"}
