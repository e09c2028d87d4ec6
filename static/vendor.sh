#!/bin/sh
# Reproduces the browser code of others that lies in this folder, from its npm packages at exact
# versions, and checks it against vendor.sums. To take a new version: change the names here and in
# vendor.sums, run this, put the sums it complains about into vendor.sums after reading the diff.
set -eu
cd "$(dirname "$0")"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

htmx=2.0.11
detector=3.2.2
zxing=3.1.3 # the one that this detector was made with: others do not fit

(cd "$tmp" && npm pack --silent "htmx.org@$htmx" "barcode-detector@$detector" "zxing-wasm@$zxing" >/dev/null)
grep '\.tgz$' vendor.sums | (cd "$tmp" && sha256sum -c --quiet -)
unpack() { rm -rf "$tmp/package" && tar -xzf "$tmp/$1.tgz" -C "$tmp"; }
unpack "htmx.org-$htmx"
cp "$tmp/package/dist/htmx.min.js" "htmx-$htmx.min.js"
cp "$tmp/package/LICENSE" htmx.LICENSE
unpack "barcode-detector-$detector"
cp "$tmp/package/dist/iife/ponyfill.js" "barcode-detector-$detector.min.js"
cp "$tmp/package/LICENSE" barcode-detector.LICENSE
unpack "zxing-wasm-$zxing"
cp "$tmp/package/dist/reader/zxing_reader.wasm" "zxing-reader-$zxing.wasm"
cp "$tmp/package/LICENSE" zxing-wasm.LICENSE
chmod 644 ./*.min.js ./*.wasm ./*.LICENSE
grep -v '\.tgz$' vendor.sums | sha256sum -c --quiet -
echo "static: htmx $htmx, barcode-detector $detector and zxing-wasm $zxing are as recorded"
