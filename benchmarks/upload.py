"""How fast and in how much memory `sm-tf publish` uploads a file, compared with boto3's own upload_file.

    python benchmarks/upload.py [--gib 4] [--runs 3]

Both upload to the embedded AWS. Exits with 1 when a bar is missed.
"""

import argparse
import hashlib
import os
import sys
import tempfile
import uuid
from functools import partial
from pathlib import Path
from statistics import median

from measure import Run, alternate, measure

from sm_tf.sandbox.embedded_aws import EmbeddedAws

SPEED_BAR = 0.8
MEMORY_BAR = 250
MIB = 2**20
PROGRAM = """\
import sys
from pathlib import Path
from sm_tf.sandbox.embedded_aws import client
kind, url, file, digest, key = sys.argv[1:]
s3 = client(url, "s3", "us-east-1")
if kind == "boto3":
    s3.upload_file(file, "bucket", key)
else:
    from sm_tf.publish.upload import S3Object, upload
    from sm_tf.publish.workers import Workers
    with Workers() as workers:
        upload(S3Object(client=s3, bucket="bucket", key=key), Path(file), digest, workers)
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gib", type=float, default=4, help="the file's size in GiB (default: 4)")
    parser.add_argument("--runs", type=int, default=3, help="measured runs of each (default: 3)")
    options = parser.parse_args()

    aws = EmbeddedAws()
    with tempfile.TemporaryDirectory() as folder:
        try:
            aws.client("s3", "us-east-1").create_bucket(Bucket="bucket")
            file = Path(folder, "model.tar.gz")
            digest = _write(file, int(options.gib * 1024))
            kinds = ("boto3", "sm-tf")
            uploads = {kind: partial(_upload, aws, kind, file, digest) for kind in kinds}
            runs = alternate(uploads, options.runs)
        finally:
            aws.close()

    seconds = {kind: median(run.wall for run in each) for kind, each in runs.items()}
    memory = {kind: max(run.mebibytes for run in each) for kind, each in runs.items()}
    speed = seconds["boto3"] / seconds["sm-tf"]
    print(f"{options.gib:g} GiB, median of {options.runs} alternating runs; memory is the largest\n")
    for kind in kinds:
        cpu = median(run.cpu for run in runs[kind])
        print(f"{kind:8}{seconds[kind]:>8.1f} s{cpu:>8.1f} s of CPU{memory[kind]:>8.0f} MiB")
    print(f"\nspeed {speed:.2f} of boto3's (at least {SPEED_BAR}); memory at most {MEMORY_BAR} MiB")
    return int(speed < SPEED_BAR or memory["sm-tf"] > MEMORY_BAR)


def _upload(aws: EmbeddedAws, kind: str, file: Path, digest: str) -> Run:
    key = uuid.uuid4().hex
    run = measure((sys.executable, "-c", PROGRAM, kind, aws.endpoint_url, file, digest, key))
    # The embedded AWS keeps what it is given.
    aws.client("s3", "us-east-1").delete_object(Bucket="bucket", Key=key)
    return run


def _write(file: Path, mebibytes: int) -> str:
    """Write a file that nothing makes smaller, and return its SHA-256."""
    digest = hashlib.sha256()
    with file.open("wb") as output:
        for _ in range(mebibytes):
            part = os.urandom(MIB)
            output.write(part)
            digest.update(part)
    return digest.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
