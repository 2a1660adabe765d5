#!/usr/bin/env bash
# Prepares what the measurements need (a Postfix and an nsd on loopback, octodns and sslyze from PyPI in a temporary
# folder), has `bench` measure, and prints one Markdown table. It ends by itself and leaves nothing running.
#   examples/bench.sh [SECTION…]    start validate plan no-change hold octodns terraform probes silence shared-hosts controller controller-growth requests
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
project=$(cd "$(dirname "$0")/.." && pwd)
BENCH_PROGRAMS=$(cd "${MITREGATE_BIN:-$project/.build/release}" && pwd)
export BENCH_PROGRAMS
BENCH_FOLDER=$(mktemp -d "${TMPDIR:-/tmp}/mitregate-bench.XXXXXX")
export BENCH_FOLDER
mail=$BENCH_FOLDER/mail names=$BENCH_FOLDER/names
nsd=
finish() {
    [ -z "$nsd" ] || { kill "$nsd" 2>/dev/null && wait "$nsd" 2>/dev/null; } || true
    # Postfix's master leads a session of its own, and says its id in a file.
    local master file=$mail/queue/pid/master.pid
    if [ -r "$file" ] && master=$(tr -d ' ' <"$file") && [ -n "$master" ]; then
        kill "$master" 2>/dev/null || true
        for _ in $(seq 100); do kill -0 "$master" 2>/dev/null || break; sleep 0.05; done
    fi
    rm -rf "$BENCH_FOLDER"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
say() { echo "$*" >&2; }
chmod 755 "$BENCH_FOLDER"

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

wait_for_port() {
    for _ in $(seq 200); do
        (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return
        sleep 0.05
    done
    say "nothing listens on port $1"
    return 1
}

# A private root, and the certificate of all mail servers.
make_certificates() {
    openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/CN=Bench root" -addext basicConstraints=critical,CA:true \
        -addext keyUsage=critical,keyCertSign,cRLSign -keyout "$mail/root.key" -out "$mail/root.pem" 2>/dev/null
    openssl req -new -newkey rsa:2048 -nodes -subj "/CN=mx.lab.example" -keyout "$mail/mx.key" -out "$mail/mx.csr" 2>/dev/null
    openssl x509 -req -in "$mail/mx.csr" -CA "$mail/root.pem" -CAkey "$mail/root.key" -CAcreateserial -days 365 \
        -out "$mail/mx.pem" 2>/dev/null -extfile <(
            printf '%s\n' 'basicConstraints=CA:false' 'extendedKeyUsage=serverAuth' 'keyUsage=digitalSignature' \
                'subjectAltName=DNS:*.lab.example,DNS:lab.example'
        )
}

# One Postfix on 127.0.0.1 and on each of the 500 hosts' addresses.
start_mail() {
    BENCH_MAIL_PORT=$(free_port)
    mkdir -p "$mail/conf" "$mail/queue" "$mail/data"
    chown postfix "$mail/data"
    make_certificates
    cat >"$mail/conf/main.cf" <<CONF
compatibility_level = 3.6
queue_directory = $mail/queue
data_directory = $mail/data
myhostname = mx.lab.example
inet_interfaces = loopback-only
inet_protocols = ipv4
alias_maps =
alias_database =
maillog_file = $mail/maillog
maillog_file_prefixes = /
max_idle = 2s
smtpd_peername_lookup = no
smtpd_tls_security_level = may
smtpd_tls_chain_files = $mail/mx.key $mail/mx.pem
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
CONF
    {
        printf '%s\n' 'tlsmgr unix - - n 1000? 1 tlsmgr' 'rewrite unix - - n - - trivial-rewrite' \
            'anvil unix - - n - 1 anvil' 'postlog unix-dgram n - n - 1 postlogd' \
            'proxymap unix - - n - - proxymap' 'cleanup unix n - n - 0 cleanup' \
            "127.0.0.1:$BENCH_MAIL_PORT inet n - n - - smtpd"
        for host in $(seq 0 499); do echo "127.$((1 + host / 250)).$((host % 250)).1:$BENCH_MAIL_PORT inet n - n - - smtpd"; done
    } >"$mail/conf/master.cf"
    postfix -c "$mail/conf" start-fg >"$mail/output" 2>&1 &
    wait_for_port "$BENCH_MAIL_PORT" || { cat "$mail/output" "$mail/maillog" >&2; return 1; }
    export BENCH_MAIL_PORT
}

# A signed zone of 10,000 domains whose mail goes to 500 hosts.
start_names() {
    local port key
    port=$(free_port)
    mkdir -p "$names"
    {
        printf '%s\n' '$ORIGIN lab.example.' '$TTL 3600' '@ IN SOA ns hostmaster 1 3600 600 86400 300' '@ IN NS ns' \
            'ns IN A 127.0.0.1'
        for host in $(seq 0 499); do echo "h$host IN A 127.$((1 + host / 250)).$((host % 250)).1"; done
        for domain in $(seq 0 9999); do echo "d$domain IN MX 10 h$((domain % 500))"; done
    } >"$names/lab.example.zone"
    key=$(cd "$names" && ldns-keygen -k -a ECDSAP256SHA256 -r /dev/urandom lab.example)
    (cd "$names" && ldns-signzone lab.example.zone "$key" && cp "$key.ds" anchors)
    cat >"$names/nsd.conf" <<CONF
server:
  ip-address: 127.0.0.1@$port
  username: ""
  chroot: ""
  zonesdir: "$names"
  database: ""
  pidfile: ""
  xfrdfile: "$names/xfrd.state"
  zonelistfile: "$names/zone.list"
  xfrdir: "$names"
  server-count: 1
  rrl-ratelimit: 0
remote-control:
  control-enable: no
zone:
  name: lab.example
  zonefile: lab.example.zone.signed
CONF
    nsd -d -c "$names/nsd.conf" >"$names/output" 2>&1 &
    nsd=$!
    wait_for_port "$port" || { cat "$names/output" >&2; return 1; }
    export BENCH_NAMES_PORT=$port
}

wants() {
    local section
    [ "$#" -gt 1 ] || return 0
    for section in "${@:2}"; do [[ " $1 " != *" $section "* ]] || return 0; done
    return 1
}

mkdir -p "$mail" "$names"
if wants "octodns probes" "$@"; then
    if python3 -m venv "$BENCH_FOLDER/python" && "$BENCH_FOLDER/python/bin/pip" install -q octodns sslyze >&2; then
        export BENCH_PYTHON=$BENCH_FOLDER/python
    else
        say "octodns and sslyze could not be had from PyPI: their rows are left out"
    fi
fi
if wants "probes" "$@"; then
    if cc -O2 -o "$BENCH_FOLDER/floor" "$project/examples/probe-floor.c" -lssl -lcrypto; then
        export BENCH_FLOOR=$BENCH_FOLDER/floor
    else
        say "examples/probe-floor.c could not be compiled: its row is left out"
    fi
fi
if wants "probes shared-hosts" "$@"; then
    if [ "$(id -u)" = 0 ]; then
        start_mail
        start_names
    else
        say "Postfix starts only as root: its rows are left out"
    fi
fi
"$BENCH_PROGRAMS/bench" "$@"
