#!/bin/sh
# Writes the two lock files anew from pyproject.toml: pinned versions with hashes, for Python 3.11 to 3.13, and no
# address, so that any mirror can serve them. Needs uv. Versions stay as they are unless --upgrade or
# --upgrade-package NAME is passed.
set -eu
cd -- "$(dirname -- "$0")/.."

all=packaging/requirements-test.lock
run=packaging/requirements.lock

compile() {  # compile OUTPUT ARGUMENT...; one version of each package for every Python, so that all compute the same
    output=$1
    shift
    uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
        --no-annotate --no-header --no-emit-index-url --no-emit-find-links --output-file "$output" "$@"
}

compile "$all" --group build --group test --group lint --group train "$@"
compile "$run" --group build --constraint "$all" "$@"

if grep -n '://' "$all" "$run"; then
    echo "a lock file names an address; it must not" >&2
    exit 1
fi
