"""A line across a graph."""

from dataclasses import dataclass

from sm_tf.foundation.public import public


@public
@dataclass(frozen=True, kw_only=True)
class HorizontalAnnotation:
    """A line across a graph at `value`, in the unit of its axis.

    Args:
        value: where the line is drawn.
        label: the text beside the line. Defaults to none.
        color: such as `#d62728`. Defaults to a color that CloudWatch chooses.
    """

    value: float
    label: str | None = None
    color: str | None = None
