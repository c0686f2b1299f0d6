#!/usr/bin/env bash
# Reference documentation as a static site in .docs/: one DocC archive per documented target, and a page that links
# them. OPERON_DOC_BASE is the path that the site is served under; empty means the root of a host.
set -euo pipefail
cd "$(dirname "$0")/.."

out=.docs
base=${OPERON_DOC_BASE:-}
graphs=.build/doc-symbol-graphs

command -v docc >/dev/null || {
    echo "doc: docc is not in PATH; it comes with the Swift toolchain, in the same folder as swift" >&2
    exit 1
}
swift package dump-symbol-graph --minimum-access-level public --skip-synthesized-members >/dev/null
dumped=$(find .build -type d -name symbolgraph | head -n 1)
[ -n "$dumped" ] || {
    echo "doc: swift package dump-symbol-graph left no folder 'symbolgraph' under .build" >&2
    exit 1
}

rm -rf "$out" "$graphs"
mkdir -p "$out"
links=""
for page in Sources/*/*.docc; do
    [ -d "$page" ] || continue
    target=$(basename "$(dirname "$page")")
    mkdir -p "$graphs/$target"
    # An executable has no symbols to document: its page stands alone.
    find "$dumped" -name "$target.symbols.json" -exec cp {} "$graphs/$target/" \;
    find "$dumped" -name "$target@*.symbols.json" -exec cp {} "$graphs/$target/" \;
    docc convert "$page" --additional-symbol-graph-dir "$graphs/$target" \
        --fallback-display-name "$target" --fallback-bundle-identifier "operon.$target" \
        --transform-for-static-hosting --hosting-base-path "$base/$target" --output-dir "$out/$target"
    path=$(tr '[:upper:]' '[:lower:]' <<<"$target")
    links+="<li><a href=\"$base/$target/documentation/$path/\">$target</a></li>"$'\n'
done
[ -n "$links" ] || {
    echo "doc: no target has a DocC page (Sources/X/X.docc)" >&2
    exit 1
}
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
