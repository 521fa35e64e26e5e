#!/bin/sh
# Writes the pinned and hashed *.txt from the *.in, for every platform. Needs uv (pip install uv).
set -eu
cd "$(dirname "$0")"
for name in jupyter oldest tools; do
  uv pip compile "$name.in" -o "$name.txt" --upgrade --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-header --no-annotate
done
