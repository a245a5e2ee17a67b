import pytest

from sm_tf.sandbox.aws.metric_math import UnsupportedExpressionError, evaluate

SERIES = {"m1": [1.0, 2.0, None, 4.0], "m2": [10.0, 0.0, 3.0, 8.0], "never": [None, None, None, None]}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("m1", [1, 2, None, 4]),
        ("7", [7, 7, 7, 7]),
        ("m1 + m2", [11, 2, None, 12]),
        ("m2 - m1 - 1", [8, -3, None, 3]),
        ("1 + m1 * 2", [3, 5, None, 9]),
        ("(1 + m1) * 2", [4, 6, None, 10]),
        ("-m1", [-1, -2, None, -4]),
        ("m1 ^ 2", [1, 4, None, 16]),
        ("100 * m1 / m2", [10, None, None, 50]),
        ("m1 / 0", [None, None, None, None]),
        ("m1 >= 2", [0, 1, None, 1]),
        ("m1 >= 2 AND m2 > 5", [0, 0, None, 1]),
        ("m1 == 1 || m2 == 8", [1, 0, None, 1]),
        ("IF(m2 >= 3, 100 * m1, 0)", [100, 0, None, 400]),
        ("IF(m1 > 1, m2, never)", [None, 0, None, 8]),
        ("FILL(m1, 0)", [1, 2, 0, 4]),
        ("FILL(m1, REPEAT)", [1, 2, 2, 4]),
        ("FILL(m1, m2)", [1, 2, 3, 4]),
        ("FILL(never, 0) + 1", [1, 1, 1, 1]),
        ("MAX(m1)", [4, 4, 4, 4]),
        ("MIN(m2) + m1", [1, 2, None, 4]),
        ("MAX(never)", [None, None, None, None]),
        ("MAX([m1, m2])", [10, 2, 3, 8]),
        ("MIN([m1, m2, 5])", [1, 0, 3, 4]),
    ],
)
def test_an_expression_makes_a_series_of_others(expression, expected):
    assert evaluate(expression, SERIES, 4) == expected


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("ANOMALY_DETECTION_BAND(m1, 2)", "the function ANOMALY_DETECTION_BAND is not implemented"),
        ("SUM(METRICS())", "the function SUM is not implemented"),
        ("RATE(m1)", "the function RATE is not implemented"),
        ("SELECT AVG(x) FROM y", "nothing has the id 'SELECT'"),
        ("m3 + 1", "nothing has the id 'm3'"),
        ("m1 +", "the expression ends too early"),
        ("(m1", "the expression ends too early"),
        ("m1 m2", "'m2' is not understood"),
        ("m1 $ m2", r"\$ m2' is not understood"),
        ("IF(m1, 2)", "IF with 2 arguments is not implemented"),
        ("FILL(m1, LINEAR)", "LINEAR"),
        ("MAX([m1, m2)", r"'\)' stands where '\]' is expected"),
    ],
)
def test_what_is_not_understood_is_an_error(expression, problem):
    with pytest.raises(UnsupportedExpressionError, match=problem):
        evaluate(expression, SERIES, 4)
