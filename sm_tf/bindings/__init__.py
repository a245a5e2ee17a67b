"""The only place that names CDKTF and the AWS provider's classes, and that makes them load fast."""

import os
from contextlib import suppress
from importlib import import_module

# Python has done this when it started, but only in folders whose .pth files it reads (not on PYTHONPATH).
with suppress(ModuleNotFoundError):
    import_module("sm_tf_lazy_bindings")

if os.environ.get("SM_TF_ORIGINS"):
    import_module("sm_tf.bindings.origins").record()
