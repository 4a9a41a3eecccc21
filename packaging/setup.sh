# shellcheck shell=sh disable=SC2034
# Sourced by run.sh and test.sh: brings a machine with git, Python and apt to where AiQu Desktop runs.
# Sets $root (the repository) and $venv. Says what it does on standard error; standard output stays the program's.
# Package indexes, proxies and certificates are the user's own: pip and apt find them in their configuration.

# What Qt's xcb, wayland and offscreen platforms load; measured on a bare Debian 12. libfontconfig1 brings a font.
qt_libraries="libgl1 libegl1 libglib2.0-0 libdbus-1-3 libfontconfig1 libxkbcommon-x11-0
libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libwayland-cursor0 libwayland-egl1"

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
venv=$root/.venv
unset PYTHONPATH PYTHONHOME || :  # another project's modules must not shadow the pinned ones

say() { printf 'aiqu: %s\n' "$*" >&2; }
die() { say "$*"; exit 2; }

# Prints the first Python of a supported version; $AIQU_PYTHON, when set, is the only one asked.
find_python() {
    for candidate in ${AIQU_PYTHON:-python3 python3.13 python3.12 python3.11}; do
        command -v "$candidate" >/dev/null 2>&1 || continue
        if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    [ -z "${AIQU_PYTHON:-}" ] || die "AIQU_PYTHON=$AIQU_PYTHON is not a Python 3.11, 3.12 or 3.13; name one that is."
    die "no Python 3.11, 3.12 or 3.13 was found; install one (apt-get install python3) or name it in AIQU_PYTHON."
}

# Prints those of the named Debian packages that are not installed (newer releases add t64 to some names).
missing_packages() {
    present=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' 2>/dev/null | sed -n 's/^installed //p')
    for package in "$@"; do
        printf '%s\n' "$present" | grep -qxF -e "$package" -e "${package}t64" || printf '%s ' "$package"
    done
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# apt's and dpkg's hundred lines of progress stay away; what goes wrong is told on standard error.
apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -qq -y --no-install-recommends \
        install "$@" </dev/null >/dev/null
}

apt_update() {
    as_root apt-get -o DPkg::Lock::Timeout=300 -qq update </dev/null >/dev/null
}

# Installs the named Debian packages where they are missing. Status 1, with a sentence, where that cannot be done.
install_packages() {
    if ! command -v dpkg-query >/dev/null 2>&1; then
        say "this is not a Debian system: install the counterparts of these packages yourself: $*"
        return 0
    fi
    missing=$(missing_packages "$@")
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null 2>&1; then
        say "these packages are missing and you are not root: ask an administrator for apt-get install $missing"
        return 1
    fi
    say "installing system packages: $missing"
    set -- /var/lib/apt/lists/*_Packages*
    [ -e "$1" ] || apt_update || say "apt-get update failed; trying with the package lists at hand"
    # The names are separate words; lists that have grown old are fetched anew, once.
    # shellcheck disable=SC2086
    apt_install $missing || { apt_update && apt_install $missing; } || {
        say "apt-get could not install $missing; see its message above"
        return 1
    }
}

# One line that changes whenever the environment must be built anew: place, interpreter, locks, project.
fingerprint() {
    printf '%s %s %s\n' "$root" "$("$1" -c 'import sys; print(sys.executable, sys.version.split()[0])')" \
        "$(cat "$root/packaging/requirements.lock" "$root/packaging/requirements-test.lock" \
            "$root/packaging/setup.sh" "$root/pyproject.toml" | sha256sum)"
}

is_ready() {  # is_ready KIND FINGERPRINT
    [ -f "$venv/.ready-$1" ] && [ "$(cat "$venv/.ready-$1")" = "$2" ] && [ -x "$venv/bin/python" ]
}

pip_install() {
    "$venv/bin/python" -m pip --disable-pip-version-check --no-input install --quiet "$@" </dev/null >&2 ||
        die "the Python packages could not be installed; see pip's message above, mend its cause and start again."
}

# set_up_environment run|test: $venv with the pinned packages and the project, made once and kept until its cause changes.
set_up_environment() {
    if command -v flock >/dev/null 2>&1; then  # two starts at once: the second waits and finds it done
        exec 9<"$root/packaging/setup.sh"
        flock 9
    fi
    python=$(find_python)
    wanted=$(fingerprint "$python")
    if ! is_ready "$1" "$wanted"; then
        if ! is_ready run "$wanted"; then
            if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
                install_packages "$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')" ||
                    die "without Python's venv module no environment can be made."
            fi
            say "making the virtual environment $venv with $("$python" --version)"
            "$python" -m venv --clear "$venv" || die "the virtual environment $venv could not be made."
        fi
        lock=requirements.lock
        [ "$1" = run ] || lock=requirements-test.lock
        say "installing the pinned Python packages (packaging/$lock)"
        # Wheels only: nothing is compiled, and no package's own script runs.
        pip_install --only-binary :all: --require-hashes -r "$root/packaging/$lock"
        pip_install --no-deps --no-build-isolation -e "$root"
        wanted=$(fingerprint "$python")  # apt may just have brought a newer patch of Python
        # The test lock holds all of the other one, so its environment serves both.
        printf '%s\n' "$wanted" >"$venv/.ready-run"
        [ "$1" = run ] || printf '%s\n' "$wanted" >"$venv/.ready-$1"
        say "ready"
    fi
    exec 9<&-
}
