"""SageMaker pipelines that are managed elsewhere."""

import re

from sm_tf.access.policies import grant
from sm_tf.access.principal import Grantee
from sm_tf.bindings.core import Construct, TerraformProvider
from sm_tf.bindings.resources import place_of
from sm_tf.foundation.arn import SageMakerArn
from sm_tf.foundation.construct import SmTfConstruct
from sm_tf.foundation.errors import InvalidPropsError, checking
from sm_tf.foundation.texts import check_text

_NAME = re.compile(r"(?=.{1,256}$)[a-zA-Z0-9](-*[a-zA-Z0-9])*")


class Pipeline(SmTfConstruct):
    """An imported SageMaker pipeline. Import it with one of the `from_*` methods to refer to it and to grant
    the right to start it; a pipeline can't be created with this class.
    """

    def __init__(
        self, scope: Construct, id: str, arn: SageMakerArn, provider: TerraformProvider | None = None
    ) -> None:
        super().__init__(scope, id, provider)
        self.pipeline_arn = arn.arn
        self.pipeline_name = arn.name
        self.known_region = arn.region
        self.known_account = arn.account

    @classmethod
    def from_pipeline_arn(
        cls, scope: Construct, id: str, pipeline_arn: str, *, provider: TerraformProvider | None = None
    ) -> "Pipeline":
        """A pipeline by its ARN.

        Raises:
            InvalidPropsError: If `pipeline_arn` is not the ARN of a pipeline.
        """
        where = place_of(scope).below(id).path
        return cls(scope, id, SageMakerArn.parse(where, pipeline_arn, "pipeline"), provider)

    @classmethod
    def from_pipeline_name(
        cls, scope: Construct, id: str, pipeline_name: str, *, provider: TerraformProvider | None = None
    ) -> "Pipeline":
        """A pipeline by its name in the provider's region and account: 1 to 256 letters, digits and hyphens.

        Raises:
            InvalidPropsError: If SageMaker doesn't allow the name.
        """
        place = place_of(scope).below(id, provider)
        with checking(place.path) as check:
            rule = "must be 1 to 256 letters, digits and hyphens, with a letter or digit at both ends"
            check_text(check, "pipeline_name", pipeline_name, _NAME, rule)
        return cls(scope, id, SageMakerArn.in_environment_of(place, pipeline_name, "pipeline"), provider)

    @classmethod
    def from_pipeline_attributes(
        cls,
        scope: Construct,
        id: str,
        *,
        pipeline_arn: str | None = None,
        pipeline_name: str | None = None,
        provider: TerraformProvider | None = None,
    ) -> "Pipeline":
        """Import a pipeline by its ARN or its name. The ARN takes precedence.

        Raises:
            InvalidPropsError: If neither is given, or the one that is used is malformed.
        """
        if pipeline_arn is not None:
            return cls.from_pipeline_arn(scope, id, pipeline_arn, provider=provider)
        if pipeline_name is not None:
            return cls.from_pipeline_name(scope, id, pipeline_name, provider=provider)
        raise InvalidPropsError(
            place_of(scope).below(id).path,
            ["neither pipeline_arn nor pipeline_name is given; pass one of them"],
        )

    def grant_start_pipeline_execution(self, grantee: Grantee) -> None:
        """Allow a role, user or group to start the pipeline; `grantee` is as for `Endpoint.grant_invoke`."""
        grant(self, grantee, ["sagemaker:StartPipelineExecution"], self.pipeline_arn)
