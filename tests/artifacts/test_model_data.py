import gzip
import io
import json
import os
import tarfile
from pathlib import Path

import pytest
from cdktf import TerraformVariable
from cdktf_cdktf_provider_aws.data_aws_kms_key import DataAwsKmsKey
from cdktf_cdktf_provider_aws.data_aws_s3_bucket import DataAwsS3Bucket
from cdktf_cdktf_provider_aws.kms_key import KmsKey
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket

from sm_tf import (
    CompressionType,
    ContainerDefinition,
    ContainerImage,
    InvalidPropsError,
    Model,
    ModelData,
    S3DataType,
)

KEY_ARN = "arn:aws:kms:eu-west-1:123456789012:key/1234"


def model_with(stack, *data, id="Model"):
    image = ContainerImage.from_image_uri("123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1")
    return Model(stack, id, containers=[ContainerDefinition(image=image, model_data=found) for found in data])


@pytest.fixture
def bound(stack, synth):
    """The container with the data, and what the model may read."""

    def bind(data):
        model_with(stack, data)
        content = synth(stack)
        container = content.only("aws_sagemaker_model")["primary_container"]
        del container["image"]
        return container, content.allowed("s3:GetObject")

    return bind


def archive(path: Path, content: bytes = b"weights") -> Path:
    with tarfile.open(path, "w:gz") as tar:
        member = tarfile.TarInfo("model.bin")
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
    return path


class TestFromBucket:
    @pytest.mark.parametrize("kind", ["resource", "data source"])
    def test_of_a_resource_or_a_data_source(self, stack, bound, kind) -> None:
        made = (
            S3Bucket(stack, "Bucket")
            if kind == "resource"
            else DataAwsS3Bucket(stack, "Bucket", bucket="models")
        )
        address = ("" if kind == "resource" else "data.") + "aws_s3_bucket.Bucket"
        assert bound(ModelData.from_bucket(made, "a/b.tar.gz")) == (
            {"model_data_url": f"s3://${{{address}.bucket}}/a/b.tar.gz"},
            [f"${{{address}.arn}}/a/b.tar.gz"],
        )

    def test_of_a_name(self, bound) -> None:
        assert bound(ModelData.from_bucket("models", "a.tar.gz")) == (
            {"model_data_url": "s3://models/a.tar.gz"},
            ["arn:aws:s3:::models/a.tar.gz"],
        )

    def test_of_expressions(self, stack, bound) -> None:
        bucket = TerraformVariable(stack, "bucket", type="string").string_value
        assert bound(ModelData.from_bucket(bucket, "${var.key}")) == (
            {"model_data_url": "s3://${var.bucket}/${var.key}"},
            ['arn:aws:s3:::${var.bucket}/${replace(var.key, "/[/]$/", "/*")}'],
        )

    @pytest.mark.parametrize("kind", ["resource", "data source", "ARN"])
    def test_the_model_may_decrypt_with_a_key(self, stack, synth, kind) -> None:
        key = {
            "resource": lambda: KmsKey(stack, "Key"),
            "data source": lambda: DataAwsKmsKey(stack, "Key", key_id="alias/x"),
            "ARN": lambda: KEY_ARN,
        }[kind]()
        arn = {
            "resource": "${aws_kms_key.Key.arn}",
            "data source": "${data.aws_kms_key.Key.arn}",
            "ARN": KEY_ARN,
        }[kind]
        model_with(stack, ModelData.from_bucket("models", "a.tar.gz", encryption_key=key))
        assert synth(stack).allowed("kms:Decrypt") == [arn]

    def test_listing_is_only_for_the_object(self, stack, synth) -> None:
        model_with(stack, ModelData.from_bucket("models", "a.tar.gz"))
        (statement,) = [s for s in synth(stack).statements() if s["Action"] == ["s3:ListBucket"]]
        assert statement["Resource"] == ["arn:aws:s3:::models"]
        assert statement["Condition"] == {"StringLike": {"s3:prefix": "a.tar.gz"}}

    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            (("Models", "a.tar.gz"), "bucket 'Models' is not a bucket name: 3 to 63"),
            (("", "a.tar.gz"), "bucket '' is not a bucket name"),
            ((None, "a.tar.gz"), "bucket is None; pass a bucket or a string"),
            (("models", "a.zip"), "object_key 'a.zip' must end in '.tar.gz'"),
            (("models", ""), "object_key '' must end in '.tar.gz'"),
            (("models", "x" * 1018 + ".tar.gz"), "at most 1024 bytes"),
        ],
    )
    def test_malformed_ones_are_refused(self, arguments, told) -> None:
        with pytest.raises(InvalidPropsError, match=told):
            ModelData.from_bucket(*arguments)

    @pytest.mark.parametrize("key", ["alias/mine", ""])
    def test_anything_but_a_key_is_refused(self, key) -> None:
        with pytest.raises(InvalidPropsError, match="must be a KMS key"):
            ModelData.from_bucket("models", "a.tar.gz", encryption_key=key)


class TestFromS3Uri:
    def test_an_archive(self, bound) -> None:
        assert bound(ModelData.from_s3_uri("s3://models/a/b.tar.gz")) == (
            {"model_data_url": "s3://models/a/b.tar.gz"},
            ["arn:aws:s3:::models/a/b.tar.gz"],
        )

    def test_the_prefix_of_many_models(self, bound) -> None:
        assert bound(ModelData.from_s3_uri("s3://models/all/")) == (
            {"model_data_url": "s3://models/all/"},
            ["arn:aws:s3:::models/all/*"],
        )

    def test_a_reference_is_split_by_terraform(self, bound) -> None:
        container, (read,) = bound(ModelData.from_s3_uri("${var.uri}"))
        assert container == {"model_data_url": "${var.uri}"}
        assert read.startswith('arn:aws:s3:::${element(split("/", var.uri), 2)}/${replace(element(regex(')

    @pytest.mark.parametrize(
        ("bucket", "key", "read"),
        [
            ("${var.b}", "all/", "all/*"),
            ("${var.b}", "${var.k}/m.tar.gz", "${var.k}/m.tar.gz"),
            ("a-${var.b}-c", "m.tar.gz", "m.tar.gz"),
            ('${lookup(var.m, "a/b")}', "all/", "all/*"),
            ("${var.b}", "${var.k}", '${replace(var.k, "/[/]$/", "/*")}'),
        ],
    )
    def test_the_literals_between_references_tell_bucket_and_key(
        self, stack, synth, capfd, bucket, key, read
    ) -> None:
        uri = f"s3://{bucket}/{key}"
        model_with(stack, ModelData.from_s3_uri(uri))
        content = synth(stack)
        assert content.only("aws_sagemaker_model")["primary_container"]["model_data_url"] == uri
        assert content.allowed("s3:GetObject") == [f"arn:aws:s3:::{bucket}/{read}"]
        (listing,) = [each for each in content.statements() if each["Action"] == ["s3:ListBucket"]]
        assert listing["Resource"] == [f"arn:aws:s3:::{bucket}"]
        assert capfd.readouterr().err == ""

    @pytest.mark.parametrize(
        "uri", ["https://models/a.tar.gz", "s3://models", "s3://models/", "", "s3:///a.tar.gz"]
    )
    def test_other_uris_are_refused(self, uri) -> None:
        with pytest.raises(
            InvalidPropsError, match="is not an S3 URI; pass one of the form s3://<bucket>/<key>"
        ):
            ModelData.from_s3_uri(uri)

    def test_another_ending_is_refused(self) -> None:
        with pytest.raises(InvalidPropsError, match=r"'a.zip' must end in '.tar.gz'"):
            ModelData.from_s3_uri("s3://models/a.zip")


class TestFromS3DataSource:
    @pytest.mark.parametrize(
        ("arguments", "source", "read"),
        [
            (
                {"uri": "s3://models/a/"},
                {"s3_uri": "s3://models/a/", "s3_data_type": "S3Prefix", "compression_type": "None"},
                "arn:aws:s3:::models/a/*",
            ),
            (
                {"uri": "s3://models/a.bin", "s3_data_type": S3DataType.S3_OBJECT},
                {"s3_uri": "s3://models/a.bin", "s3_data_type": "S3Object", "compression_type": "None"},
                "arn:aws:s3:::models/a.bin",
            ),
            (
                {
                    "uri": "s3://models/a.tar.gz",
                    "s3_data_type": S3DataType.S3_OBJECT,
                    "compression_type": CompressionType.GZIP,
                    "accept_eula": True,
                },
                {
                    "s3_uri": "s3://models/a.tar.gz",
                    "s3_data_type": "S3Object",
                    "compression_type": "Gzip",
                    "model_access_config": {"accept_eula": True},
                },
                "arn:aws:s3:::models/a.tar.gz",
            ),
        ],
    )
    def test_is_copied_as_it_is(self, bound, arguments, source, read) -> None:
        container, reads = bound(ModelData.from_s3_data_source(**arguments))
        assert container == {"model_data_source": {"s3_data_source": [source]}}
        assert reads == [read]

    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            ({"uri": "s3://models/a"}, "doesn't fit s3_data_type 'S3Prefix'; a prefix must end in '/'"),
            ({"uri": "s3://models/a/", "s3_data_type": "S3Object"}, "doesn't fit s3_data_type 'S3Object'"),
            (
                {"uri": "s3://models/a/", "compression_type": "Gzip"},
                "compression_type 'Gzip' needs one object",
            ),
            ({"uri": "s3://models/a/", "compression_type": "Zip"}, "'Zip' must be one of None, Gzip"),
            (
                {"uri": "s3://models/a/", "s3_data_type": "Folder"},
                "'Folder' must be one of S3Prefix, S3Object",
            ),
            ({"uri": "models/a/"}, "is not an S3 URI"),
        ],
    )
    def test_arguments_that_do_not_fit_together_are_refused(self, arguments, told) -> None:
        with pytest.raises(InvalidPropsError, match=told):
            ModelData.from_s3_data_source(**arguments)


class TestUncompressedOfABucket:
    @pytest.mark.parametrize(
        ("arguments", "source", "read"),
        [
            (
                {"object_key": "llm/", "s3_data_type": S3DataType.S3_PREFIX},
                {"s3_data_type": "S3Prefix", "compression_type": "None"},
                "llm/*",
            ),
            (
                {"object_key": "${var.key}", "s3_data_type": S3DataType.S3_PREFIX},
                {"s3_data_type": "S3Prefix", "compression_type": "None"},
                "${var.key}*",
            ),
            (
                {"object_key": "a.bin", "s3_data_type": S3DataType.S3_OBJECT, "accept_eula": True},
                {
                    "s3_data_type": "S3Object",
                    "compression_type": "None",
                    "model_access_config": {"accept_eula": True},
                },
                "a.bin",
            ),
            (
                {
                    "object_key": "a.tar.gz",
                    "s3_data_type": S3DataType.S3_OBJECT,
                    "compression_type": CompressionType.GZIP,
                },
                {"s3_data_type": "S3Object", "compression_type": "Gzip"},
                "a.tar.gz",
            ),
        ],
    )
    def test_is_an_s3_data_source(self, stack, bound, arguments, source, read) -> None:
        bucket = S3Bucket(stack, "Bucket")
        uri = f"s3://${{aws_s3_bucket.Bucket.bucket}}/{arguments['object_key']}"
        assert bound(ModelData.from_bucket(bucket, **arguments)) == (
            {"model_data_source": {"s3_data_source": [{"s3_uri": uri, **source}]}},
            [f"${{aws_s3_bucket.Bucket.arn}}/{read}"],
        )

    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            ({"object_key": "llm", "s3_data_type": "S3Prefix"}, "object_key 'llm' doesn't fit s3_data_type"),
            (
                {"object_key": "llm/", "s3_data_type": "S3Object"},
                "object_key 'llm/' doesn't fit s3_data_type",
            ),
            (
                {"object_key": "llm/", "s3_data_type": "S3Prefix", "compression_type": "Gzip"},
                "compression_type 'Gzip' needs one object",
            ),
            ({"object_key": "llm/", "s3_data_type": "Folder"}, "'Folder' must be one of S3Prefix, S3Object"),
            (
                {"object_key": "a.tar.gz", "compression_type": "Gzip"},
                "compression_type needs s3_data_type, such as S3DataType.S3_PREFIX",
            ),
            ({"object_key": "a.tar.gz", "accept_eula": True}, "accept_eula needs s3_data_type"),
        ],
    )
    def test_arguments_that_do_not_fit_together_are_refused(self, arguments, told) -> None:
        with pytest.raises(InvalidPropsError, match=told):
            ModelData.from_bucket("models", **arguments)


class TestFromAsset:
    @pytest.mark.parametrize("kind", ["resource", "ARN"])
    def test_the_object_is_encrypted_with_a_key_and_the_model_may_decrypt(
        self, stack, synth, tmp_path, kind
    ) -> None:
        key, arn = (
            (KmsKey(stack, "Key"), "${aws_kms_key.Key.arn}") if kind == "resource" else (KEY_ARN, KEY_ARN)
        )
        path = archive(tmp_path / "model.tar.gz")
        for id in ("A", "B"):
            model_with(stack, ModelData.from_asset(path, encryption_key=key), id=id)
        content = synth(stack)
        assert content.only("aws_s3_object")["kms_key_id"] == arn
        assert content.allowed("kms:Decrypt", "A") == content.allowed("kms:Decrypt", "B") == [arn]

    def test_each_key_encrypts_an_object_of_its_own(self, stack, synth, tmp_path) -> None:
        path = archive(tmp_path / "model.tar.gz")
        model_with(stack, ModelData.from_asset(path), ModelData.from_asset(path, encryption_key=KEY_ARN))
        uploaded = synth(stack).resources("aws_s3_object").values()
        assert sorted(each.get("kms_key_id", "") for each in uploaded) == ["", KEY_ARN]

    def test_anything_but_a_key_is_refused(self, tmp_path) -> None:
        with pytest.raises(InvalidPropsError, match="encryption_key 'alias/x' must be a KMS key"):
            ModelData.from_asset(archive(tmp_path / "model.tar.gz"), encryption_key="alias/x")

    def test_is_uploaded_from_inside_the_stack_folder(self, app, stack, tmp_path) -> None:
        path = archive(tmp_path / "model.tar.gz")
        model_with(stack, ModelData.from_asset(path))
        app.synth()
        folder = tmp_path / "out" / "stacks" / "demo"
        content = json.loads((folder / "cdk.tf.json").read_text())
        (uploaded,) = content["resource"]["aws_s3_object"].values()
        inside = uploaded["source"].removeprefix("${path.module}/")
        assert not Path(inside).is_absolute()
        assert (folder / inside).read_bytes() == path.read_bytes()
        assert uploaded["key"] == f"{uploaded['source_hash']}/${{substr(uuid(), 0, 8)}}/model.tar.gz"
        assert uploaded["lifecycle"] == {"ignore_changes": ["key"]}
        assert str(tmp_path) not in json.dumps(content)

    def test_one_content_is_one_object_whatever_the_path_or_model(self, stack, synth, tmp_path) -> None:
        path = archive(tmp_path / "model.tar.gz")
        copy = tmp_path / "copy.tar.gz"
        copy.write_bytes(path.read_bytes())
        model_with(stack, ModelData.from_asset(path), ModelData.from_asset(str(path)))
        model_with(stack, ModelData.from_asset(copy), id="Other")
        content = synth(stack)
        (uploaded,) = content.resources("aws_s3_object")
        used = {
            container["model_data_url"]
            for model in content.resources("aws_sagemaker_model").values()
            for container in [*model.get("container", []), *filter(None, [model.get("primary_container")])]
        }
        assert used == {f"s3://${{aws_s3_object.{uploaded}.bucket}}/${{aws_s3_object.{uploaded}.key}}"}

    def test_another_content_is_another_object_and_model(self, new_stack, synth, tmp_path) -> None:
        objects, data = set(), set()
        for number, content in enumerate([b"one", b"two"]):
            stack = new_stack(f"demo{number}")
            path = archive(tmp_path / f"model{number}.tar.gz", content)
            model_with(stack, ModelData.from_asset(path))
            synthesized = synth(stack)
            objects.update(synthesized.resources("aws_s3_object"))
            data.add(synthesized.only("aws_sagemaker_model")["primary_container"]["model_data_url"])
        assert len(objects) == len(data) == 2

    def test_the_model_may_read_that_content_alone(self, stack, synth, tmp_path) -> None:
        model_with(stack, ModelData.from_asset(archive(tmp_path / "model.tar.gz")))
        content = synth(stack)
        (bucket,) = content.resources("aws_s3_bucket")
        content_hash = content.only("aws_s3_object")["source_hash"]
        assert content.allowed("s3:GetObject") == [f"${{aws_s3_bucket.{bucket}.arn}}/{content_hash}/*"]

    def test_the_stacks_bucket_is_private_encrypted_and_goes_with_the_stack(
        self, stack, synth, tmp_path
    ) -> None:
        model_with(stack, ModelData.from_asset(archive(tmp_path / "model.tar.gz")))
        content = synth(stack)
        assert content.only("aws_s3_bucket") == {"bucket_prefix": "demo-models-", "force_destroy": True}
        access = content.only("aws_s3_bucket_public_access_block")
        assert {name: value for name, value in access.items() if name != "bucket"} == {
            "block_public_acls": True,
            "block_public_policy": True,
            "ignore_public_acls": True,
            "restrict_public_buckets": True,
        }
        (rule,) = content.only("aws_s3_bucket_server_side_encryption_configuration")["rule"]
        assert rule["apply_server_side_encryption_by_default"] == {"sse_algorithm": "AES256"}
        (statement,) = json.loads(content.only("aws_s3_bucket_policy")["policy"])["Statement"]
        assert statement["Effect"] == "Deny"
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}

    def test_a_long_stack_name_gives_a_bucket_prefix_of_37_characters(
        self, new_stack, synth, tmp_path
    ) -> None:
        stack = new_stack("Stack-" + "x" * 80)
        model_with(stack, ModelData.from_asset(archive(tmp_path / "model.tar.gz")))
        assert len(synth(stack).only("aws_s3_bucket")["bucket_prefix"]) <= 37

    @pytest.mark.parametrize("kind", ["resource", "name"])
    def test_goes_to_a_given_bucket(self, stack, synth, tmp_path, kind) -> None:
        bucket = S3Bucket(stack, "Mine") if kind == "resource" else "mine"
        path = archive(tmp_path / "model.tar.gz")
        model_with(
            stack, ModelData.from_asset(path, bucket=bucket), ModelData.from_asset(path, bucket=bucket)
        )
        content = synth(stack)
        uploaded = content.only("aws_s3_object")
        assert uploaded["bucket"] == ("${aws_s3_bucket.Mine.bucket}" if kind == "resource" else "mine")
        assert len(content.resources("aws_s3_bucket")) == (kind == "resource")

    def test_each_bucket_gets_its_own_object(self, stack, synth, tmp_path) -> None:
        path = archive(tmp_path / "model.tar.gz")
        model_with(stack, ModelData.from_asset(path), ModelData.from_asset(path, bucket="mine"))
        assert len(synth(stack).resources("aws_s3_object")) == 2

    def test_the_ending_may_be_in_capitals(self, stack, synth, tmp_path) -> None:
        model_with(stack, ModelData.from_asset(archive(tmp_path / "MODEL.TAR.GZ")))
        assert synth(stack).only("aws_s3_object")["key"].endswith("/model.tar.gz")

    def test_a_missing_file_is_refused(self, tmp_path) -> None:
        with pytest.raises(InvalidPropsError, match=r"none.tar.gz' doesn't exist \(looked in "):
            ModelData.from_asset(tmp_path / "none.tar.gz")

    def test_a_folder_is_refused(self, tmp_path) -> None:
        with pytest.raises(InvalidPropsError, match=r"is not a file; pack the folder with: tar -czf"):
            ModelData.from_asset(tmp_path)

    @pytest.mark.parametrize("name", ["model.zip", "model.tar", "model.tgz", "model"])
    def test_another_ending_is_refused(self, tmp_path, name) -> None:
        with pytest.raises(InvalidPropsError, match=r"doesn't end in '\.tar\.gz'"):
            ModelData.from_asset(archive(tmp_path / name))

    @pytest.mark.parametrize(
        "content",
        [b"", b"PK\x03\x04", gzip.compress(b"no tar"), b"\x1f\x8b" + os.urandom(100)],
        ids=["empty", "zip", "gzip of text", "broken"],
    )
    def test_another_content_is_refused(self, tmp_path, content) -> None:
        path = tmp_path / "model.tar.gz"
        path.write_bytes(content)
        with pytest.raises(InvalidPropsError, match="is not a gzipped tar archive, despite its name"):
            ModelData.from_asset(path)

    def test_an_uncompressed_archive_is_refused(self, tmp_path) -> None:
        path = archive(tmp_path / "model.tar.gz")
        path.write_bytes(gzip.decompress(path.read_bytes()))
        with pytest.raises(InvalidPropsError, match="is not a gzipped tar archive"):
            ModelData.from_asset(path)

    def test_an_expression_is_refused(self) -> None:
        with pytest.raises(InvalidPropsError, match="read at synth, so pass a literal path"):
            ModelData.from_asset("${var.path}")

    def test_a_malformed_bucket_is_refused_too(self, tmp_path) -> None:
        with pytest.raises(InvalidPropsError) as caught:
            ModelData.from_asset(tmp_path / "none.tar.gz", bucket="My_Bucket")
        assert len(caught.value.problems) == 2
