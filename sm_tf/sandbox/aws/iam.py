"""IAM: an update of a role keeps the properties that it does not name."""

from moto.iam.models import IAMBackend, Role, iam_backends

from sm_tf.sandbox.aws.extend import store_in


class RoleBackend(IAMBackend):
    """Keeps a role's description if an update has none."""

    def update_role(self, role_name: str, role_description: str | None, max_session_duration: str) -> Role:
        """As moto does, but with the description kept."""
        if role_description is None:
            role_description = self.get_role(role_name).description
        return super().update_role(role_name, role_description, max_session_duration)


def install() -> None:
    """Replace moto's backend."""
    store_in(iam_backends, RoleBackend)
