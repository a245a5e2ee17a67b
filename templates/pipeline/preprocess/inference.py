"""What the first container does with a request; SageMaker's inference toolkit calls these functions."""

import json
from typing import Any


def model_fn(model_dir: str) -> None:
    """Nothing is loaded: this step has no weights."""


def input_fn(body: str | bytes, content_type: str) -> str:
    """The text of a request, which comes as {"text": "..."} or as plain text."""
    text = body.decode() if isinstance(body, bytes) else body
    return json.loads(text)["text"] if content_type == "application/json" else text


def predict_fn(text: str, model: None) -> dict[str, Any]:
    """What the model is asked: white space is joined, and what is too long for it is cut."""
    return {"inputs": " ".join(text.split())[:2000]}


def output_fn(question: dict[str, Any], accept: str) -> str:
    """The request as the model's container takes it."""
    return json.dumps(question)
