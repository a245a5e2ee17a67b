"""Publishes the assets of a project's stacks, and lists them for the next synth."""

from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path

from sm_tf.foundation.errors import UsageError
from sm_tf.foundation.published_file import FILE, PublishedAsset, PublishedFile, PublishedStack
from sm_tf.project.aws_client import aws_client, clear_aws_errors
from sm_tf.project.project import read_project
from sm_tf.publish.assets import WantedAsset, find_assets
from sm_tf.publish.destination import check_names
from sm_tf.publish.publisher import IMAGE, Outcome, Publisher, Task, Watcher
from sm_tf.publish.workers import Workers
from sm_tf.publish.working_folder import working_folder
from sm_tf.scaffold.render import File
from sm_tf.scaffold.transaction import check_writable, write


def publish(
    project: Path,
    names: Collection[str],
    watcher: Watcher,
    *,
    bucket: str | None = None,
    repository: str | None = None,
    on_output: Callable[[str], None] | None = None,
) -> list[Outcome]:
    """Build and push the images of the stacks of these names, or of all, and upload their archives.

    `bucket` and `repository` are for those whose program names none. They default to those of the last time.
    What AWS has is left alone. The file that the next synth reads is written at the end, also if some assets
    failed.

    Raises:
        UsageError: There is no project, no stack of such a name, or no bucket or repository, or its name is
            malformed.
        ToolError: The program failed, or AWS doesn't accept the credentials.
        InvalidPropsError: The file is damaged.
    """
    outdir = read_project(project).outdir.resolve()
    check_names(bucket, repository)
    check_writable(project, [FILE])
    file = PublishedFile.read(project / FILE)
    with working_folder(outdir) as folder:
        found = find_assets(project, folder, names, on_output)
        defaults = {
            name: PublishedStack(
                bucket=bucket or file.of(name).bucket, repository=repository or file.of(name).repository
            )
            for name in found.chosen
        }
        tasks = [_task(project, wanted, defaults[wanted.stack]) for wanted in found.assets]
        outcomes = _publish_all(set(tasks), folder, watcher)
    # What a program doesn't need any more is no longer listed.
    stacks = {name: stack for name, stack in file.stacks.items() if name in found.stacks}
    for name in found.chosen:
        results = [
            (wanted, outcomes[task])
            for wanted, task in zip(found.assets, tasks, strict=True)
            if wanted.stack == name
        ]
        stacks[name] = _published_stack(file, name, defaults[name], results)
    listed = {name: stack for name, stack in stacks.items() if stack.assets}
    if listed or file.stacks:
        write(project, {FILE: File(PublishedFile(listed).content())})
    return list(outcomes.values())


def _published_stack(
    file: PublishedFile, name: str, defaults: PublishedStack, results: list[tuple[WantedAsset, Outcome]]
) -> PublishedStack:
    """Return what is listed of a stack. An asset that failed stays as it was, as do defaults of no use."""
    stack = replace(file.of(name), assets=())
    for wanted, outcome in results:
        asset = wanted.asset
        published = file.find(name, asset)
        if outcome.location is not None and outcome.arn is not None:
            published = PublishedAsset(
                asset=asset, path=wanted.path, location=outcome.location, arn=outcome.arn
            )
            if asset.destination is None and asset.type == IMAGE:
                stack = replace(stack, repository=defaults.repository)
            elif asset.destination is None:
                stack = replace(stack, bucket=defaults.bucket)
        # The same content may be at two paths.
        if published is not None and asset not in [each.asset for each in stack.assets]:
            stack = replace(stack, assets=(*stack.assets, published))
    return stack


def _task(project: Path, wanted: WantedAsset, stack: PublishedStack) -> Task:
    asset = wanted.asset
    is_image = asset.type == IMAGE
    destination = asset.destination or (stack.repository if is_image else stack.bucket)
    if destination is None:
        option, argument = ("--repository", "repository") if is_image else ("--bucket", "bucket")
        raise UsageError(
            f"Stack {wanted.stack} has no {argument} for {wanted.path} before Terraform runs: pass {option} "
            f"NAME, or {argument}= to from_asset(), with the name of one that exists."
        )
    return Task(
        type=asset.type,
        path=wanted.path,
        source=project / wanted.path,
        hash=asset.hash,
        region=asset.region,
        destination=destination,
        encryption_key=asset.encryption_key,
        build=wanted.build,
        problem=wanted.problem,
    )


def _publish_all(tasks: Collection[Task], folder: Path, watcher: Watcher) -> dict[Task, Outcome]:
    ordered = sorted(tasks, key=lambda task: (task.type, task.path))
    if ordered:
        # Credentials that AWS doesn't accept are one problem, not one an asset.
        with clear_aws_errors():
            aws_client("sts", region=ordered[0].region).get_caller_identity()
    with Workers() as workers:
        publisher = Publisher(ordered, folder, workers, watcher)
        return dict(zip(ordered, workers.each(publisher.publish, ordered), strict=True))
