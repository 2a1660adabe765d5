#!/usr/bin/env bash
# Four stories: the main job by hand, from a typo to a rollback; the controller, which does it by itself; requests on
# a forge, where a change is reviewed; and requests of Mitregate's own, by which git and tenant agree again. Real mail and
# DNS servers on loopback (examples/lab) play the partners, and simulators play Exchange Online and the forge. It needs no
# root, ends by itself and leaves nothing running.
#   examples/demo.sh [commands] [controller] [requests] [offers]
set -euo pipefail
project=$(cd "$(dirname "$0")/.." && pwd)
bin=${MITREGATE_BIN:-$project/.build/debug}
# shellcheck source=examples/lab/lab.sh
. "$project/examples/lab/lab.sh"
# shellcheck source=examples/demo/stage.sh
. "$project/examples/demo/stage.sh"
# shellcheck source=examples/demo/forge.sh
. "$project/examples/demo/forge.sh"

# What the caller's machine is set to must not change the story.
unset "${!MITREGATE_@}"
export GIT_CONFIG_GLOBAL=/dev/null no_proxy=127.0.0.1 NO_PROXY=127.0.0.1
bold='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then bold=$'\033[1m' plain=$'\033[0m'; fi

for program in mitregate exchange-simulator forge-simulator; do
    [ -x "$bin/$program" ] && continue
    echo "demo: there is no $bin/$program yet; make demo builds it." >&2
    exit 1
done

demo=$(mktemp -d "${TMPDIR:-/tmp}/mitregate-demo.XXXXXX")
finish() {
    lab_stop
    stop_all
    rm -rf "$demo"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

mkdir "$demo/lab"
lab_start "$demo/lab"
[ $# -gt 0 ] || set -- commands controller requests offers
for story in "$@"; do
    [ -r "$project/examples/demo/$story.sh" ] || fail "there is no story $story: commands, controller, requests, offers"
    mkdir "$demo/$story"
    cd "$demo/$story"
    ln -s ../lab lab
    # shellcheck source=/dev/null
    . "$project/examples/demo/$story.sh"
    stop_all
done
