#!/usr/bin/env bash
# Usage: tools/dist_train.sh CONFIG PROCESSES [flags of tools/train.py]
# One process per GPU; without a GPU, gloo on the CPU.
set -euo pipefail
CONFIG=$1
PROCESSES=$2
torchrun --nnodes="${NNODES:-1}" --node_rank="${NODE_RANK:-0}" \
    --master_addr="${MASTER_ADDR:-127.0.0.1}" --master_port="${PORT:-29500}" \
    --nproc_per_node="$PROCESSES" \
    "$(dirname "$0")/train.py" "$CONFIG" --launcher pytorch "${@:3}"
