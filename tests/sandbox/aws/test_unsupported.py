from typing import Any

import pytest
from botocore.exceptions import ClientError


def test_an_action_that_nobody_implements_is_refused_in_words(sagemaker: Any) -> None:
    with pytest.raises(ClientError, match="does not implement ListContexts") as error:
        sagemaker.list_contexts()
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
