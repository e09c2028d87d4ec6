#!/bin/sh
# Reproduces the browser code of others that lies in this folder, from its npm packages at exact
# versions, and checks it against vendor.sums. To take a new version: change the names here and in
# vendor.sums, run this, put the sums it complains about into vendor.sums after reading the diff.
set -eu
cd "$(dirname "$0")"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

htmx=2.0.11

(cd "$tmp" && npm pack --silent "htmx.org@$htmx" >/dev/null)
grep '\.tgz$' vendor.sums | (cd "$tmp" && sha256sum -c --quiet -)
tar -xzf "$tmp/htmx.org-$htmx.tgz" -C "$tmp"
cp "$tmp/package/dist/htmx.min.js" "htmx-$htmx.min.js"
cp "$tmp/package/LICENSE" htmx.LICENSE
chmod 644 "htmx-$htmx.min.js" htmx.LICENSE
grep -v '\.tgz$' vendor.sums | sha256sum -c --quiet -
echo "static: htmx $htmx is as recorded"
