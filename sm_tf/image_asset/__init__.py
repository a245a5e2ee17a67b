"""Container images that are built from a folder and pushed to ECR while Terraform applies."""

from sm_tf.image_asset.image_asset import ImageAsset, ImageOptions

__all__ = ["ImageAsset", "ImageOptions"]
