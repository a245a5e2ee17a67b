"""`python -m sm_tf` is the `sm-tf` command."""

from sm_tf.cli import main

if __name__ == "__main__":
    main()
