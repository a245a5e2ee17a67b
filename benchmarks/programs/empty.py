"""A stack with nothing in it, written to the folder that is the second argument."""

import sys

from cdktf import App, TerraformStack

app = App(outdir=sys.argv[2])
TerraformStack(app, "empty")
app.synth()
