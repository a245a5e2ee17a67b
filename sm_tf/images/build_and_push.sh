#!/bin/sh
# Builds an image from the context beside this script and pushes it to ECR, unless the registry already has it.
#
# Environment variables:
#   REPOSITORY_URL  where to push: <registry>/<repository>
#   TAG             the image's tag
#   REGION          the repository's AWS region
#   PLATFORM        linux/amd64 or linux/arm64
#   TARGET          the stage of the Dockerfile to build; empty for the last one
#   BUILD_ARGS      names of the build arguments; the value of NAME is in BUILD_ARG_NAME
#   REGISTRY_PASSWORD  the registry's password, if it is known; otherwise ECR is asked
#
# Needs tar, one of docker, podman and finch, and to ask ECR curl 7.86 or newer (or else the AWS CLI).
# SM_TF_CONTAINER_BUILDER names the builder to use. AWS credentials are looked up as the AWS SDKs do.
# Secrets are passed on standard input, so no command line and no output shows them.

set -eu

here=$(dirname "$0")
image=$REPOSITORY_URL:$TAG
registry=${REPOSITORY_URL%%/*}

say() { printf '%s\n' "$*"; }
fail() {
    printf 'Error: %s\n' "$*" >&2
    exit 1
}

# ---- The builder

find_builder() {
    for candidate in ${SM_TF_CONTAINER_BUILDER:-docker podman finch}; do
        if command -v "$candidate" >/dev/null 2>&1 && "$candidate" info >/dev/null 2>&1; then
            builder=$candidate
            # `docker` may be an alias of another builder.
            case $("$builder" --version) in
                *podman*) dialect=podman ;;
                *finch* | *nerdctl*) dialect=finch ;;
                *) dialect=docker ;;
            esac
            return
        fi
    done
    fail "no container builder works here (tried: ${SM_TF_CONTAINER_BUILDER:-docker, podman, finch})." \
        "Install one or start its daemon, and apply again; or set SM_TF_CONTAINER_BUILDER to another builder."
}

# The registry's password is kept in a folder of this run only, so parallel runs don't log each other out and the user's own
# logins don't change. The folder is outside the project, so nobody commits it. finch keeps logins in its virtual machine.
isolate_login() {
    logins=${TMPDIR:-/tmp}
    case $(command -v "$builder") in
        # It doesn't see other folders.
        /snap/*) logins=$HOME/snap/$builder/common ;;
    esac
    remove_left "$logins/sm-tf-login"
    login=$(mktemp -d "$logins/sm-tf-login.$$.XXXXXX")
    # With an entry, docker doesn't hand the password to the desktop's key store.
    printf '{"auths": {"%s": {}}}\n' "$registry" >"$login/config.json"
    if [ "$dialect" = docker ] && [ -z "${DOCKER_HOST:-}" ]; then
        # Contexts are part of the configuration that docker does not see when it pushes.
        DOCKER_HOST=$(docker_host) && export DOCKER_HOST
    fi
}

docker_host() { "$builder" context inspect --format '{{.Endpoints.docker.Host}}'; }

# Runs the builder with this run's login.
with_login() {
    case $dialect in
        docker) (
            unset DOCKER_CONTEXT
            DOCKER_CONFIG=$login exec "$builder" "$@"
        ) ;;
        # `podman manifest inspect` reads only the second variable.
        podman) REGISTRY_AUTH_FILE=$login/config.json DOCKER_CONFIG=$login "$builder" "$@" ;;
        finch) "$builder" "$@" ;;
    esac
}

log_in() {
    if ! printf '%s' "$password" | with_login login --username AWS --password-stdin "$registry" >"$login/log" 2>&1; then
        cat "$login/log" >&2
        fail "$builder could not log in to $registry."
    fi
}

is_pushed() { with_login manifest inspect "$image" >/dev/null 2>&1; }

build() {
    set -- --platform "$PLATFORM" --file Dockerfile --tag "$image"
    [ -z "$TARGET" ] || set -- "$@" --target "$TARGET"
    # podman doesn't look for Dockerfile.dockerignore by itself.
    [ "$dialect" != podman ] || set -- "$@" --ignorefile Dockerfile.dockerignore
    # podman 4 reuses cached layers that were built with other build arguments.
    [ "$dialect" != podman ] || [ -z "$BUILD_ARGS" ] || set -- "$@" --no-cache
    for name in $BUILD_ARGS; do
        eval "value=\$BUILD_ARG_$name"
        # shellcheck disable=SC2154  # set by eval
        set -- "$@" --build-arg "$name=$value"
    done
    # SageMaker accepts neither attestations nor indexes, only plain Docker manifests.
    (cd "$work" && BUILDX_NO_DEFAULT_ATTESTATIONS=1 BUILDAH_FORMAT=docker "$builder" build "$@" context) ||
        fail "$builder could not build $image; see its messages above." \
            "If a base image is in a private registry, log in first: $builder login <registry>."
}

push() {
    # Another run may have pushed the same content meanwhile; the tag is immutable then.
    with_login push "$image" || is_pushed ||
        fail "$builder could not push $image. The AWS identity of this run needs ecr:InitiateLayerUpload, UploadLayerPart," \
            "CompleteLayerUpload, PutImage, BatchCheckLayerAvailability and BatchGetImage on the repository."
}

# ---- AWS credentials, in the order of AWS's SDKs

# Sends a request; each argument is a line of a curl configuration. (No here-documents: some shells write them to files.)
request() { printf '%s\n' 'retry = 3' 'retry-max-time = 60' "$@" | curl --disable --silent --show-error --max-time 30 --config -; }

curl_signs() {
    # Older versions leave the x-amz-* headers out of the signature.
    command -v curl >/dev/null 2>&1 &&
        curl --version | awk 'NR == 1 { split($2, v, "."); exit !(v[1] > 7 || (v[1] == 7 && v[2] >= 86)) }'
}

quoted() { printf '%s' "$1" | sed 's/[\\"]/\\&/g'; }

# Prints the string at a key of the JSON text, or in an element of the XML text, on standard input.
json() { tr -d '\r\n' | sed -n 's/.*"'"$1"'"[[:space:]]*:[[:space:]]*"\([^"]*\)".*/\1/p'; }
xml() { tr -d '\r\n' | sed -n 's/.*<'"$1"'>\([^<]*\)<.*/\1/p'; }

# Prints the endpoint of a service: AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, or the public one.
endpoint() {
    if [ "${AWS_IGNORE_CONFIGURED_ENDPOINT_URLS:-}" != true ]; then
        eval "set -- \"\${AWS_ENDPOINT_URL_$1:-\${AWS_ENDPOINT_URL:-}}\" \"\$2\""
        [ -z "$1" ] || { printf '%s' "${1%/}" && return; }
    fi
    case $registry in
        *.dkr.ecr."$REGION".*) printf 'https://%s.%s' "$2" "${registry#*.dkr.ecr."$REGION".}" ;;
        *) printf 'https://%s.amazonaws.com' "$2" ;;
    esac
}

# Prints a setting of the profile, from the shared credentials file or else from the configuration file.
profile=${AWS_PROFILE:-${AWS_DEFAULT_PROFILE:-default}}
setting() {
    for file in "${AWS_SHARED_CREDENTIALS_FILE:-${HOME:-}/.aws/credentials}" "${AWS_CONFIG_FILE:-${HOME:-}/.aws/config}"; do
        [ ! -r "$file" ] || { cat "$file" && echo; }
    done | awk -v profile="$profile" -v key="$1" '
        { gsub(/\r/, "") }
        /^[ \t]*\[/ { gsub(/^[ \t]*\[[ \t]*(profile[ \t]+)?|[ \t]*\].*$/, ""); inside = ($0 == profile); next }
        inside && (at = index($0, "=")) {
            name = substr($0, 1, at - 1)
            gsub(/[ \t]/, "", name)
            if (name == key) {
                value = substr($0, at + 1)
                gsub(/^[ \t]+|[ \t]+$/, "", value)
                print value
                exit
            }
        }'
}

from_environment() {
    [ -n "${AWS_ACCESS_KEY_ID:-}" ] && [ -n "${AWS_SECRET_ACCESS_KEY:-}" ] || return 1
    access_key=$AWS_ACCESS_KEY_ID secret_key=$AWS_SECRET_ACCESS_KEY session_token=${AWS_SESSION_TOKEN:-}
}

from_web_identity() {
    [ -n "${AWS_WEB_IDENTITY_TOKEN_FILE:-}" ] && [ -n "${AWS_ROLE_ARN:-}" ] || return 1
    token=$(cat "$AWS_WEB_IDENTITY_TOKEN_FILE") || fail "AWS_WEB_IDENTITY_TOKEN_FILE cannot be read."
    answer=$(request \
        "url = \"$(endpoint STS "sts.$REGION")/\"" \
        'data-urlencode = "Action=AssumeRoleWithWebIdentity"' \
        'data-urlencode = "Version=2011-06-15"' \
        "data-urlencode = \"RoleArn=$(quoted "$AWS_ROLE_ARN")\"" \
        "data-urlencode = \"RoleSessionName=$(quoted "${AWS_ROLE_SESSION_NAME:-sm-tf-image}")\"" \
        "data-urlencode = \"WebIdentityToken=$(quoted "$token")\"") ||
        fail "AWS STS could not be reached."
    access_key=$(printf '%s' "$answer" | xml AccessKeyId)
    secret_key=$(printf '%s' "$answer" | xml SecretAccessKey)
    session_token=$(printf '%s' "$answer" | xml SessionToken)
    [ -n "$access_key" ] || fail "AWS STS refused to assume $AWS_ROLE_ARN: $(printf '%s' "$answer" | xml Message)"
}

from_profile() {
    access_key=$(setting aws_access_key_id)
    secret_key=$(setting aws_secret_access_key)
    session_token=$(setting aws_session_token)
    [ -n "$access_key" ] && [ -n "$secret_key" ]
}

# Tells whether only the AWS CLI can get the profile's credentials.
profile_needs_aws_cli() {
    for key in role_arn sso_session sso_start_url login_session credential_process; do
        [ -z "$(setting "$key")" ] || return 0
    done
    return 1
}

from_container() {
    url=${AWS_CONTAINER_CREDENTIALS_FULL_URI:-}
    [ -z "${AWS_CONTAINER_CREDENTIALS_RELATIVE_URI:-}" ] || url=http://169.254.170.2$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI
    [ -n "$url" ] || return 1
    token=${AWS_CONTAINER_AUTHORIZATION_TOKEN:-}
    [ -z "${AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE:-}" ] || token=$(cat "$AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
    answer=$(request "url = \"$(quoted "$url")\"" 'noproxy = "*"' "${token:+header = \"Authorization: $(quoted "$token")\"}") ||
        fail "the container's credentials endpoint $url could not be reached."
    read_credentials "$answer" || fail "the container's credentials endpoint $url returned no credentials."
}

from_instance() {
    [ "${AWS_EC2_METADATA_DISABLED:-}" != true ] || return 1
    metadata=${AWS_EC2_METADATA_SERVICE_ENDPOINT:-http://169.254.169.254}
    metadata=${metadata%/}/latest
    token=$(request "url = \"$metadata/api/token\"" 'request = "PUT"' 'header = "X-aws-ec2-metadata-token-ttl-seconds: 60"' \
        fail 'noproxy = "*"' 'connect-timeout = 2' 'retry = 0' 2>/dev/null) || return 1
    role=$(instance_metadata iam/security-credentials/) || return 1
    read_credentials "$(instance_metadata "iam/security-credentials/$role")"
}

instance_metadata() {
    request "url = \"$metadata/meta-data/$1\"" "header = \"X-aws-ec2-metadata-token: $(quoted "$token")\"" fail 'noproxy = "*"' \
        2>/dev/null
}

read_credentials() {
    access_key=$(printf '%s' "$1" | json AccessKeyId)
    secret_key=$(printf '%s' "$1" | json SecretAccessKey)
    session_token=$(printf '%s' "$1" | json Token)
    [ -n "$access_key" ] && [ -n "$secret_key" ]
}

# ---- The registry's password

ask_ecr() {
    answer=$(request \
        "url = \"$(endpoint ECR "api.ecr.$REGION")/\"" \
        "aws-sigv4 = \"aws:amz:$REGION:ecr\"" \
        "user = \"$(quoted "$access_key:$secret_key")\"" \
        "${session_token:+header = \"X-Amz-Security-Token: $(quoted "$session_token")\"}" \
        'header = "Content-Type: application/x-amz-json-1.1"' \
        'header = "X-Amz-Target: AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken"' \
        'data = "{}"') || fail "Amazon ECR could not be reached."
    token=$(printf '%s' "$answer" | json authorizationToken)
    [ -n "$token" ] || fail "Amazon ECR refused the authorization, which needs ecr:GetAuthorizationToken:" \
        "$(printf '%s' "$answer" | json '[mM]essage')"
    # Older macOS versions of base64 know only -D.
    password=$(printf '%s' "$token" | base64 -d 2>/dev/null || printf '%s' "$token" | base64 -D)
    password=${password#AWS:}
}

ask_aws_cli() { password=$(aws ecr get-login-password --region "$REGION") || fail "the AWS CLI could not get an authorization for ECR."; }

authorize() {
    password=${REGISTRY_PASSWORD:-}
    unset REGISTRY_PASSWORD
    if [ -n "$password" ]; then
        return
    elif ! curl_signs; then
        command -v aws >/dev/null 2>&1 || fail "curl 7.86 or newer, or the AWS CLI, is needed to get an authorization from Amazon ECR."
        ask_aws_cli
    elif from_environment || from_web_identity; then
        ask_ecr
    elif profile_needs_aws_cli; then
        command -v aws >/dev/null 2>&1 || fail "the AWS profile $profile uses a role, single sign-on or a process:" \
            "install the AWS CLI, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        ask_aws_cli
    elif from_profile || from_container || from_instance; then
        ask_ecr
    else
        fail "no AWS credentials found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE."
    fi
}

# ---- The run

# Removes the folders of runs that were killed: each has the number of its process in its name.
remove_left() {
    for folder in "$1".[0-9]*.*; do
        number=${folder#"$1."}
        kill -0 "${number%%.*}" 2>/dev/null || rm -rf "$folder" 2>/dev/null || :
    done
}

clean_up() {
    [ "${dialect:-}" != finch ] || [ -z "${login:-}" ] || "$builder" logout "$registry" >/dev/null 2>&1 || :
    rm -rf "${work:-}" "${login:-}"
}

find_builder
authorize

# Not every shell runs the first trap when a signal ends it.
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 131' QUIT
trap 'exit 141' PIPE
trap 'exit 143' TERM

# Next to the context, not in /tmp: builders in virtual machines and snaps see only the user's folders.
remove_left "$here/build"
work=$(mktemp -d "$here/build.$$.XXXXXX")
work=$(cd "$work" && pwd)

isolate_login
log_in
if is_pushed; then
    say "$image is already in the registry."
    exit
fi
tar -xpf "$here/image.tar" -C "$work"
build
push
say "Pushed $image."
