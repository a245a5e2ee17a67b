"""Makes the prebuilt provider packages of CDKTF load one submodule at a time, instead of thousands at once.

What is in `startup` is installed beside sm_tf, where Python finds it when it starts. It calls `providers`,
the half in Python, when a program imports a provider. `kernel` is the half in Node: a class of our jsii
assembly (`bindings/assembly`).

A provider that is not of a known form is loaded as if this package did not exist, with a LazyBindingsWarning.
"""
