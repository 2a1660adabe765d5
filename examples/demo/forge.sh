# shellcheck shell=bash
# The forge of the stories about pull requests: a bare repository, and Gitea's API in front of it.

forge_url=

# Starts the forge with the options of forge-simulator, and leaves its address in $forge_url.
start_forge() {
    (umask 077 && printf 'token-of-mitregate' >forge-token)
    "$bin/forge-simulator" --port-file forge-port --token-file forge-token "$@" >forge.log 2>&1 </dev/null &
    processes[forge]=$!
    until_so "the forge starts" test -s forge-port
    forge_url=http://127.0.0.1:$(cat forge-port)
}

on_forge() { curl -sS --fail -H 'Content-Type: application/json' -d "$2" "$forge_url/simulator/$1"; }
ask_forge() {
    curl -sS --fail -H "Authorization: token $(cat forge-token)" "$forge_url/api/v1/repos/contoso/mail-flow/$1"
}

# The newest of the three statuses on a branch's commit; each tenant has three of its own, which are left out.
statuses() {
    ask_forge "commits/$(git -C forge.git rev-parse "$1")/statuses" |
        jq -r 'map(select(.context | contains(":") | not)) | group_by(.context)[] | max_by(.id) |
            "\(.context): \(.status), \(.description)"'
}
comments() { ask_forge "issues/$1/comments" | jq -r '.[].body'; }

# Not through a pipe: grep ends at the first match, and what writes into the pipe would fail.
has_status() { grep -q "^$2: $3," <<<"$(statuses "$1")"; }
has_comment() { grep -qF -- "$2" <<<"$(comments "$1")"; }

# Merges what a request proposes, by name and number. The forge is told first, so that each merge that is found has its request.
merge_request() {
    git -C mail-flow checkout -q main
    git -C mail-flow fetch -q origin
    git -C mail-flow merge -q --ff-only origin/main
    git -C mail-flow merge -q --no-ff -m "Merge request $2" "$1"
    on_forge merge "{\"number\": $2, \"commit\": \"$(git -C mail-flow rev-parse main)\"}"
    git -C mail-flow push -q origin main
    printf '\nRequest %s is merged as %s\n' "$2" "$(git -C mail-flow rev-parse --short=12 main)"
}

# Fails when the forge got a call that its own description does not have.
check_forge() {
    local complaints
    complaints=$(curl -sS --fail "$forge_url/simulator/complaints")
    [ "$complaints" = "[]" ] || fail "what the forge's own description does not know: $complaints"
}

# Shows what a reader finds, up to so many lines.
look() {
    local title=$1 lines=$2 text
    shift 2
    text=$("$@")
    printf '\n%s%s:%s\n' "$bold" "$title" "$plain"
    head -n "$lines" <<<"$text"
    [ "$(wc -l <<<"$text")" -le "$lines" ] || printf '[…]\n'
}
