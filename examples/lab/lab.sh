# shellcheck shell=bash
# A small lab of real servers on loopback, for scripts to source: nsd answers for the partners' domains, one of them
# signed; stunnel speaks STARTTLS, as a partner's mail server should, with Postfix's smtp-sink behind it; smtp-sink alone
# is the partner without TLS. No root, one high port, each server on an address of its own.
#
#   lab_start FOLDER        makes certificates and zones in FOLDER, and starts the servers
#   lab_serve PARTNER HOW   starts that partner's mail server again: tls, plain (without TLS) or busy (answers 421)
#   lab_settings            prints what mitregate.yaml has to say to make the gate ask the lab
#   lab_missing             names the programs that it needs and does not find
#   lab_stop                ends all of them, each by its process id
#
# Afterwards $lab_port is the port of every server, and $lab_resolver the address and port of the DNS server.
PATH=$PATH:/usr/sbin:/sbin
lab_sources=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
lab_folder=
lab_port=
lab_resolver=
declare -A lab_processes=()
declare -A lab_address=(
    [dns]=127.0.0.20
    [fabrikam]=127.0.0.21
    [northwind]=127.0.0.22
    [tailspin]=127.0.0.23
    [woodgrove]=127.0.0.24
    [litware]=127.0.0.25
    [mailbox]=127.0.0.30
)
declare -A lab_host=(
    [fabrikam]=mail.fabrikam.com
    [northwind]=mx.northwindtraders.com
    [tailspin]=mx.tailspintoys.com
    [woodgrove]=mail.woodgrovebank.com
    [litware]=mx.litware.example
)

lab_missing() {
    local program missing=
    for program in ldns-keygen ldns-signzone nsd openssl smtp-sink stunnel4; do
        command -v "$program" >/dev/null || missing+=", $program"
    done
    echo "${missing#, }"
}

lab_start() {
    lab_folder=$1
    lab_port=$(lab_free_port)
    lab_resolver=${lab_address[dns]}@$lab_port
    lab_certificates
    lab_zones
    lab_run dns nsd -d -c "$lab_folder/nsd.conf"
    # What stunnel has decrypted goes to one server for all partners.
    lab_sink mailbox -h mailbox.example
    lab_serve fabrikam tls
    lab_serve northwind plain
    lab_serve tailspin busy
    lab_serve woodgrove tls
    lab_serve litware tls
}

# The part of mitregate.yaml that makes the gate ask the lab instead of the Internet.
lab_settings() {
    cat <<YAML
gate:
  resolver: "$lab_resolver"
  port: $lab_port
  networks: any
  timeout: 10s
  trustAnchors: {file: "$lab_folder/root.pem"}
  dnssecAnchors: {file: "$lab_folder/dnssec-anchors"}
  probeDomains: {"*.fabrikam.com": [emea.fabrikam.com]}
YAML
}

lab_serve() {
    local partner=$1 how=$2 host=${lab_host[$1]}
    lab_end "$partner"
    case $how in
    plain) lab_sink "$partner" -h "$host" ;;
    busy) lab_sink "$partner" -h "$host" -Q connect ;;
    tls)
        cat >"$lab_folder/$partner.conf" <<CONF
foreground = yes
pid =
syslog = no
[smtp]
accept = ${lab_address[$partner]}:$lab_port
connect = ${lab_address[mailbox]}:$lab_port
protocol = smtp
cert = $lab_folder/$host.pem
key = $lab_folder/$host.key
CONF
        lab_run "$partner" stunnel4 "$lab_folder/$partner.conf"
        ;;
    esac
}

lab_stop() {
    local name
    for name in "${!lab_processes[@]}"; do lab_end "$name"; done
}

# A root that no public program trusts, and from it a certificate for each mail host.
lab_certificates() {
    local host
    lab_openssl ca -subj "/O=Lab/CN=Lab Root" -days 3650 -keyout "$lab_folder/root.key" -out "$lab_folder/root.pem"
    for host in "${lab_host[@]}"; do
        LAB_HOST=$host lab_openssl server -CA "$lab_folder/root.pem" -CAkey "$lab_folder/root.key" -days 90 \
            -subj "/CN=$host" -keyout "$lab_folder/$host.key" -out "$lab_folder/$host.pem"
    done
}

lab_openssl() {
    local kind=$1
    shift
    LAB_HOST=${LAB_HOST:-} openssl req -x509 -config "$lab_sources/openssl.cnf" -extensions "$kind" \
        -newkey rsa:2048 -nodes "$@" 2>"$lab_folder/openssl.log" || lab_fail "openssl" "$lab_folder/openssl.log"
}

# The zones of the folder next to this file. Fabrikam's is signed, and names its certificate's key (TLSA, for DANE).
lab_zones() {
    local key file zone
    cat >"$lab_folder/nsd.conf" <<CONF
server:
  ip-address: $lab_resolver
  username: ""
  chroot: ""
  zonesdir: "$lab_folder"
  database: ""
  pidfile: ""
  xfrdfile: "$lab_folder/xfrd.state"
  zonelistfile: "$lab_folder/zone.list"
  xfrdir: "$lab_folder"
  server-count: 1
  rrl-ratelimit: 0
remote-control:
  control-enable: no
CONF
    for file in "$lab_sources"/zones/*.zone; do
        zone=$(basename "$file" .zone)
        sed -e "s/PORT/$lab_port/" -e "s/KEY-DIGEST/$(lab_key_digest "${lab_host[fabrikam]}")/" "$file" \
            >"$lab_folder/$zone.zone"
        printf 'zone:\n  name: %s\n  zonefile: %s.zone\n' "$zone" "$zone" >>"$lab_folder/nsd.conf"
    done
    zone=fabrikam.com
    key=$(cd "$lab_folder" && ldns-keygen -k -a ECDSAP256SHA256 -r /dev/urandom "$zone")
    (cd "$lab_folder" && ldns-signzone -f "$zone.signed" "$zone.zone" "$key" && mv "$zone.signed" "$zone.zone")
    mv "$lab_folder/$key.ds" "$lab_folder/dnssec-anchors"
}

lab_key_digest() {
    openssl x509 -in "$lab_folder/$1.pem" -noout -pubkey | openssl pkey -pubin -outform DER | sha256sum | cut -d' ' -f1
}

lab_sink() {
    local name=$1
    shift
    # As root it insists on being told whom to become.
    if [ "$(id -u)" = 0 ]; then set -- -u nobody "$@"; fi
    lab_run "$name" smtp-sink "$@" "${lab_address[$name]}:$lab_port" 16
}

# Starts a server, and waits until it listens.
lab_run() {
    local name=$1 try
    shift
    "$@" >"$lab_folder/$name.log" 2>&1 </dev/null &
    lab_processes[$name]=$!
    for ((try = 0; try < 100; try++)); do
        lab_listens "${lab_address[$name]}" "$lab_port" && return
        kill -0 "${lab_processes[$name]}" 2>/dev/null || break
        sleep 0.05
    done
    lab_fail "$1" "$lab_folder/$name.log"
}

lab_end() {
    local process=${lab_processes[$1]:-}
    [ -n "$process" ] || return 0
    unset "lab_processes[$1]"
    kill "$process" 2>/dev/null || true
    wait "$process" 2>/dev/null || true
}

lab_fail() {
    echo "lab: $1 did not do its part:" >&2
    cat "$2" >&2
    return 1
}

lab_listens() { (: <"/dev/tcp/$1/$2") 2>/dev/null; }

# A port below those that the kernel hands out, on which nothing listens at any of the lab's addresses.
lab_free_port() {
    local port address
    for ((; ; )); do
        port=$((20000 + RANDOM % 10000))
        for address in "${lab_address[@]}"; do
            if lab_listens "$address" "$port"; then continue 2; fi
        done
        echo "$port"
        return
    done
}
