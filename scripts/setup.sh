#!/usr/bin/env bash
# Makes sure that what the build needs is on this machine: Swift, and six Debian packages. With the word `test`, also
# the servers that tests start for themselves.
# Instant and silent when all of it is there; says what is missing, and what to do, when it cannot help itself.
set -euo pipefail

least=6.2
packages=(libsqlite3-dev libyaml-dev libssl-dev libcurl4-openssl-dev libpq-dev zlib1g-dev)
[ "${1:-}" != test ] || packages+=(postgresql)

stop() {
    echo "setup: $1" >&2
    exit 1
}

# Swift
command -v swift >/dev/null || stop "swift is not in PATH. Install Swift $least or newer (swift.org/install/linux) and add its usr/bin to PATH."
version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1)
[ -n "$version" ] || stop "'swift --version' names no version. Reinstall Swift $least or newer (swift.org/install/linux)."
if [ "$(printf '%s\n' "$least" "$version" | sort -V | head -n 1)" != "$least" ]; then
    stop "Swift $version is too old: $least or newer is needed (swift.org/install/linux)."
fi

# C libraries
if ! command -v dpkg-query >/dev/null; then
    for header in sqlite3.h yaml.h openssl/evp.h curl/curl.h zlib.h; do
        [ -f "/usr/include/$header" ] || stop "/usr/include/$header is missing, and this is not Debian: install the development files of SQLite 3, libyaml, OpenSSL 3, libcurl, libpq and zlib with your package manager."
    done
    # Systems differ in where they keep it.
    [ -f /usr/include/libpq-fe.h ] || [ -f /usr/include/postgresql/libpq-fe.h ] || stop "libpq-fe.h is missing, and this is not Debian: install the development files of libpq with your package manager."
    exit 0
fi
missing=()
for package in "${packages[@]}"; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" -eq 0 ]; then
    root=()
elif command -v sudo >/dev/null; then
    root=(sudo)
else
    stop "these packages are missing: ${missing[*]}. This user is not root and there is no sudo: have an administrator run 'apt-get install ${missing[*]}'."
fi
echo "setup: installing ${missing[*]}" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# An update that fails for a foreign source need not matter: whether the packages install is what counts.
"${root[@]}" apt-get update -q >"$log" 2>&1 || true
if ! "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" >>"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    stop "apt-get could not install ${missing[*]}; what it said stands above."
fi
