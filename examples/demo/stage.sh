# shellcheck shell=bash
# How the stories of the demo are told, and what they are told on: a simulated Exchange Online, and a configuration.

say() { printf '\n%s# %s%s\n' "$bold" "$*" "$plain"; }

# Runs one command as a reader would type it, and checks the exit code that it is expected to have.
show() {
    local expected=$1 code=0
    shift
    printf '\n%s$ %s%s\n' "$bold" "$(typed "$@")" "$plain"
    "$@" || code=$?
    [ "$code" = 0 ] || printf '(exit code %s)\n' "$code"
    [ "$code" = "$expected" ] || fail "exit code $code, expected $expected"
}

# Words as a shell takes them, in quotes only where it would change them.
typed() {
    local word line=
    for word in "$@"; do
        case $word in
        *[!A-Za-z0-9_./:@%+=,-]*) word="'$word'" ;;
        esac
        line+=" $word"
    done
    printf '%s' "${line# }"
}

fail() {
    echo "demo: $*" >&2
    exit 1
}

mitregate() { "$bin/mitregate" "$@"; }
commit() { git -C mail-flow add -A && git -C mail-flow commit -q -m "$1"; }

# Asks the simulator's back door, where another administrator's hand and Exchange's bad days come from.
simulate() { curl -sS --fail -o /dev/null -H 'Content-Type: application/json' -d "$2" "$url/simulator/$1"; }

# What the stories are played on ---------------------------------------------------------------------------------------

client=0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e
secret='correct horse battery staple'
declare -A processes=()

# Starts the simulator with the tenants of tenants.json, and leaves its address in $url.
start_simulator() {
    "$bin/exchange-simulator" --port 0 --port-file port --seed tenants.json >simulator.log 2>&1 </dev/null &
    processes[simulator]=$!
    until_so "the simulator starts" test -s port
    url=http://127.0.0.1:$(cat port)
    (umask 077 && printf '%s' "$secret" >secret)
}

# Waits until a command succeeds; for half a minute at most.
until_so() {
    local what=$1 try
    shift
    for ((try = 0; try < 300; try++)); do
        "$@" >/dev/null 2>&1 && return
        sleep 0.1
    done
    for name in "${!processes[@]}"; do tail -40 "$name.log" >&2 || true; done
    "$@" >&2 || true
    fail "waited in vain: $what"
}

stop() {
    local process=${processes[$1]:-}
    [ -n "$process" ] || return 0
    unset "processes[$1]"
    kill "$process" 2>/dev/null || true
    wait "$process" 2>/dev/null || true
}

stop_all() {
    local name
    for name in "${!processes[@]}"; do stop "$name"; done
}

new_repository() {
    git init -q -b main mail-flow
    git -C mail-flow config user.name "Demo"
    git -C mail-flow config user.email "demo@contoso.example"
}

# Appends to a partner's definition the certificate that the partner sends with, as it came by mail.
with_certificate() {
    printf '  evidence:\n    certificate: |\n'
    sed 's/^/      /' "lab/$1.pem"
}
