#!/usr/bin/env bash
# Makes docs/plan.svg, README's picture, from a real run: the first plan of "Try it in five minutes".
#   docs/plan-picture.sh
# It needs `make build`, and the Debian packages of deploy/install-packages demo.
set -euo pipefail
project=$(cd "$(dirname "$0")/.." && pwd)
bin=${MITREGATE_BIN:-$project/.build/debug}
place=$(mktemp -d "${TMPDIR:-/tmp}/mitregate-picture.XXXXXX")
processes=()
finish() {
    for process in "${processes[@]}"; do kill "$process" 2>/dev/null || true; done
    wait
    rm -rf "$place"
}
trap finish EXIT
waits() {
    local try
    for ((try = 0; try < 300; try++)); do
        grep -qs "$1" "$2" && return
        sleep 0.1
    done
    cat "$2" >&2
    exit 1
}
cd "$place"
unset "${!MITREGATE_@}" NO_COLOR
"$bin/exchange-simulator" --demo-tenant --port 0 --port-file port >simulator.log 2>&1 &
processes+=($!)
waits . port
"$bin/mitregate" init --demo --simulator "http://127.0.0.1:$(cat port)" try >/dev/null
"$project/examples/lab/mitregate-lab" try/mitregate.yaml 2>lab.log &
processes+=($!)
waits Ctrl-C lab.log
cd try
printf '$ mitregate plan --out first.plan\n' >../output
TERM=xterm-256color script --quiet --return --command \
    "stty cols 88; '$bin/mitregate' plan --out first.plan 2>/dev/null" /dev/null </dev/null >>../output
"$project/docs/terminal-picture" "mitregate plan" <../output >"$project/docs/plan.svg"
