"""Makes CDKTF start fast, and its prebuilt provider packages load one submodule at a time.

What is in `startup` is installed beside sm_tf, where Python finds it when it starts. It calls `providers`
when a program imports CDKTF or a provider. From there on:

- `kernel_process` starts Node, once instead of twice; its `digests.js` remembers the digests of packages;
- `generated` loads what jsii generated, with `stand_ins` for modules that are slow to load;
- `kernel` makes Node load what is used: a class of our jsii assembly (`bindings/assembly`).

What is not of a known form is left as if this package did not exist. Where that costs seconds, which only
loading a whole provider does, there is a LazyBindingsWarning.
"""
