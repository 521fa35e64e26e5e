#!/bin/sh
# Writes the pinned and hashed *.txt from the *.in, for every platform. Needs uv (pip install uv).
set -eu
cd "$(dirname "$0")"
lock() {
  name=$1
  shift
  uv pip compile "$name.in" -o "$name.txt" --upgrade --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-header --no-annotate "$@"
}
lock jupyter
lock oldest
lock tools --constraints jupyter.txt # both go into one environment
