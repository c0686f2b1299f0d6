#!/usr/bin/env bash
# Reference documentation as a static site in .docs/: one DocC archive per documented target, and a page that links
# them. OPERON_DOC_BASE is the path that the site is served under; empty means the root of a host.
set -euo pipefail
cd "$(dirname "$0")/.."

out=.docs
base=${OPERON_DOC_BASE:-}
graphs=.build/doc-symbol-graphs

stop() {
    echo "doc: $1" >&2
    exit 1
}

for tool in docc swift-symbolgraph-extract; do
    command -v "$tool" >/dev/null || stop "$tool is not in PATH; it comes with the Swift toolchain, in the same folder as swift"
done

swift build --explicit-target-dependency-import-check error
modules=$(swift build --show-bin-path)/Modules
triple=$(swift -print-target-info | sed -n 's/.*"triple": *"\([^"]*\)".*/\1/p' | head -n 1)
# Each module is extracted by itself: `swift package dump-symbol-graph` stops at the modules made for the tests.
search=(-target "$triple" -I "$modules")
for map in Sources/*/module.modulemap; do search+=(-Xcc "-fmodule-map-file=$PWD/$map"); done

rm -rf "$out" "$graphs"
mkdir -p "$out"
links=""
for page in Sources/*/*.docc; do
    [ -d "$page" ] || continue
    target=$(basename "$(dirname "$page")")
    path=$(tr '[:upper:]' '[:lower:]' <<<"$target")
    echo "doc: $target"
    mkdir -p "$graphs/$target"
    # The executable has nothing public: its page stands alone.
    if [ "$target" != operon ]; then
        swift-symbolgraph-extract -module-name "$target" "${search[@]}" -minimum-access-level public \
            -skip-synthesized-members -output-dir "$graphs/$target"
    fi
    docc convert "$page" --additional-symbol-graph-dir "$graphs/$target" \
        --fallback-display-name "$target" --fallback-bundle-identifier "operon.$target" \
        --transform-for-static-hosting --hosting-base-path "$base/$target" --output-dir "$out/$target"
    links+="<li><a href=\"$base/$target/documentation/$path/\">$target</a></li>"$'\n'
done
[ -n "$links" ] || stop "no target has a DocC page (Sources/X/X.docc)"

cat >"$out/index.html" <<END
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Operon: reference</title>
<h1>Operon: reference</h1>
<ul>
$links</ul>
</html>
END
echo "doc: $out/index.html; to read it: python3 -m http.server -d $out 8000"
