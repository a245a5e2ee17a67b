"""The only package that imports CDKTF and the AWS provider's classes. It also makes them load fast."""

import os
from contextlib import suppress
from importlib import import_module

# The .pth file does this when Python starts, but Python doesn't read .pth files on PYTHONPATH.
with suppress(ModuleNotFoundError):
    import_module("sm_tf_lazy_bindings")

if os.environ.get("SM_TF_ORIGINS"):
    import_module("sm_tf.bindings.origins").record()
