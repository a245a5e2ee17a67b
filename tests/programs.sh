#!/bin/sh
# Looks for the programs that tests need besides those from PyPI. As root on Debian or Ubuntu it installs what is
# missing; elsewhere it names the packages, and the tests that need them are skipped.
set -eu

missing=
for program in curl:curl docker-registry:docker-registry git:git podman:podman ps:procps; do
    command -v "${program%%:*}" >/dev/null || missing="$missing ${program#*:}"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing what the tests need on this system:$missing" >&2
    export DEBIAN_FRONTEND=noninteractive
    if apt-get update -qq; then
        # podman of newer releases has its network in a package of its own.
        case "$missing" in *podman*) apt-cache show netavark >/dev/null 2>&1 && missing="$missing netavark" ;; esac
        # shellcheck disable=SC2086
        apt-get install -qq -y --no-install-recommends $missing >/dev/null </dev/null && exit 0
    fi
fi
echo "The tests that need these packages are skipped, since they are missing here:$missing" >&2
