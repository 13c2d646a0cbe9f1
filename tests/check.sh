#!/bin/sh
# Style, lints and freshness: nothing here runs a story. Called by `make check`.
# ADMIN_UI=skip leaves out the web UI.
set -eu
cd "$(dirname "$0")/.."

say() { printf '\n== %s\n' "$*"; }

say "format"
cargo fmt --all --check

if [ "${ADMIN_UI:-}" != skip ]; then
  say "web UI: types and format"
  (cd admin-ui && npm ci --no-audit --no-fund && npm run check)
fi

say "lints"
ADMIN_UI=skip cargo clippy --workspace --all-targets -- -D warnings

say "architecture"
ADMIN_UI=skip cargo test --workspace --test it -- architecture::

say "OpenAPI snapshot"
# Always the whole workspace: a part of it would compile its dependencies with other features, once more.
ADMIN_UI=skip cargo build --workspace --bins
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
target/debug/alur openapi > "$fresh/openapi.json"
if ! diff -u api/openapi.json "$fresh/openapi.json"; then
  echo "api/openapi.json is stale: run \`target/debug/alur openapi > api/openapi.json\`" >&2
  exit 1
fi

if [ "${ADMIN_UI:-}" != skip ]; then
  say "types generated from it"
  cp admin-ui/src/lib/api/schema.d.ts "$fresh/schema.d.ts"
  (cd admin-ui && npm run --silent api)
  if ! diff -q admin-ui/src/lib/api/schema.d.ts "$fresh/schema.d.ts"; then
    echo "admin-ui/src/lib/api/schema.d.ts was stale: it is fresh now, commit it" >&2
    exit 1
  fi
fi
say "all well"
