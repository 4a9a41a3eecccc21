#!/bin/sh
# Sets AiQu Desktop up where it is not yet, and opens it on the demo site.
#
#   sh packaging/run.sh              opens the window
#   sh packaging/run.sh --headless   plays the demo without a screen and prints its result as JSON
#
# Other arguments go on to `aiqu demo`. AIQU_SITE names the demo site's folder, AIQU_PYTHON the interpreter.
set -eu
. "$(dirname -- "$0")/setup.sh"

site=${AIQU_SITE:-${XDG_DATA_HOME:-$HOME/.local/share}/aiqu/demo}
headless=
for argument in "$@"; do
    [ "$argument" != --headless ] || headless=yes
done

if [ -z "$headless" ] && [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}${QT_QPA_PLATFORM:-}" ]; then
    die "there is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set); use: sh packaging/run.sh --headless"
fi

# The names are separate words.
# shellcheck disable=SC2086
if ! install_packages $qt_libraries; then
    [ -n "$headless" ] || die "the window cannot open without them."
    say "going on without them: only the window needs them"
fi
set_up_environment run

if [ -n "$headless" ]; then
    exec "$venv/bin/aiqu" demo --site "$site" --json "$@"
fi
exec "$venv/bin/aiqu" demo --site "$site" "$@"
