#!/bin/sh
# Writes the locks anew: one set of versions for every platform and Python 3.11 or later.
# The widest comes first, and the others take its versions. Needs `uv`.
set -eu
cd "$(dirname "$0")/.."
lock() {
  out=$1; shift
  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-header --no-emit-index-url --output-file "requirements/$out" "$@" pyproject.toml
}
train="--extra build --extra train --extra mysql --extra postgres"
dev="--extra s3 --extra score --extra dask --extra dev"
# shellcheck disable=SC2086  # several words on purpose
lock dev.txt $train $dev "$@"
lock train.txt $train --constraint requirements/dev.txt
lock notebook.txt $train --extra notebook --constraint requirements/dev.txt
lock serve.txt --constraint requirements/dev.txt
lock serve-onnx.txt --extra onnx --constraint requirements/dev.txt
lock serve-s3.txt --extra s3 --constraint requirements/dev.txt
# The benchmarks' peers and Airflow have environments of their own, so versions of their own.
for apart in benchmarks/peers benchmarks/accuracy/peer_models examples/airflow/requirements; do
  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
    --no-emit-index-url --output-file $apart.txt "$@" $apart.in
done
