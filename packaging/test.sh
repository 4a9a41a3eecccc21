#!/bin/sh
# Sets AiQu Desktop up for testing where it is not yet, and runs the fast tests. Arguments go on to pytest:
#
#   sh packaging/test.sh                  everything but the campaigns, on all cores
#   sh packaging/test.sh -m campaign      the campaigns
#   sh packaging/test.sh tests/core -k atomic
set -eu
. "$(dirname -- "$0")/setup.sh"

# shellcheck disable=SC2086
install_packages $qt_libraries || die "the tests of the window cannot run without them."
# The fault campaigns: strace injects into system calls, and an ext4 disk in a file loses its power.
install_packages strace e2fsprogs mount || die "the fault campaigns cannot run without them."
set_up_environment test

cd "$root"
export QT_QPA_PLATFORM="${QT_QPA_PLATFORM:-offscreen}"
# All of them: a process for each core. The tests of a file stay together, for what they share.
[ $# -gt 0 ] || set -- -n auto --dist loadfile
exec "$venv/bin/python" -m pytest -m "not campaign" "$@"
