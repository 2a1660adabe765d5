#!/usr/bin/env bash
# The main job from a typo to a rollback: real mail and DNS servers on loopback (examples/lab) play the partners, and a
# simulator plays Exchange Online. It needs no root, ends by itself and leaves nothing running.
set -euo pipefail
project=$(cd "$(dirname "$0")/.." && pwd)
bin=${MITREGATE_BIN:-$project/.build/debug}
# shellcheck source=examples/lab/lab.sh
. "$project/examples/lab/lab.sh"

# What the caller's machine is set to must not change the story.
unset "${!MITREGATE_@}"
export GIT_CONFIG_GLOBAL=/dev/null no_proxy=127.0.0.1 NO_PROXY=127.0.0.1
bold='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then bold=$'\033[1m' plain=$'\033[0m'; fi

for program in mitregate exchange-simulator; do
    [ -x "$bin/$program" ] && continue
    echo "demo: there is no $bin/$program yet; make demo builds it." >&2
    exit 1
done

demo=$(mktemp -d "${TMPDIR:-/tmp}/mitregate-demo.XXXXXX")
simulator=
finish() {
    lab_stop
    if [ -n "$simulator" ]; then
        kill "$simulator" 2>/dev/null || true
        wait "$simulator" 2>/dev/null || true
    fi
    rm -rf "$demo"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# How the story is told ------------------------------------------------------------------------------------------------

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

# The stage ------------------------------------------------------------------------------------------------------------

tenant=11111111-2222-3333-4444-555555555555
client=0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e
secret='correct horse battery staple'

start_simulator() {
    cat >tenant.json <<JSON
{"tenants": [{
  "tenantId": "$tenant", "organization": "contoso.onmicrosoft.com",
  "acceptedDomains": [{"DomainName": "contoso.onmicrosoft.com", "InitialDomain": true},
                      {"DomainName": "contoso.com", "Default": true}],
  "applications": [{"clientId": "$client", "clientSecret": "$secret", "roles": ["Exchange.ManageAsApp"],
                    "directoryRoles": ["Exchange Administrator"]}],
  "inboundConnectors": [{"Name": "Inbound from 6f1d0c9e-70f4-4f6c-9d3f-1f6f1f3b2a10", "ConnectorType": "OnPremises",
    "ConnectorSource": "HybridWizard", "SenderDomains": ["smtp:*;1"], "RequireTls": true,
    "TlsSenderCertificateName": "mail.contoso.com", "CloudServicesMailEnabled": true}],
  "outboundConnectors": []
}]}
JSON
    "$bin/exchange-simulator" --port 0 --port-file port --seed tenant.json >simulator.log 2>&1 </dev/null &
    simulator=$!
    local try
    for ((try = 0; try < 100; try++)); do
        if [ -s port ]; then
            url=http://127.0.0.1:$(cat port)
            return
        fi
        kill -0 "$simulator" 2>/dev/null || break
        sleep 0.1
    done
    cat simulator.log >&2
    fail "the simulator did not start"
}

write_configuration() {
    cat >mitregate.yaml <<YAML
apiVersion: mitregate.dev/v1
kind: Configuration
sources:
  - name: mail-flow
    url: mail-flow
    branch: main
    tenants:
      - name: contoso
        path: tenants/contoso
        tenantId: $tenant
        organization: contoso.onmicrosoft.com
        credentials: {clientId: $client, clientSecret: {file: secret}}
        endpoints: {login: "$url", exchange: "$url", graph: "$url"}
        drift: correct
store: {url: "sqlite:mitregate.db"}
YAML
    lab_settings >>mitregate.yaml
    (umask 077 && printf '%s' "$secret" >secret)
}

# Appends to a partner's definition the certificate that the partner sends with, as it came by mail.
with_certificate() {
    printf '  evidence:\n    certificate: |\n'
    sed 's/^/      /' "lab/$1.pem"
}

cd "$demo"
mkdir -p lab mail-flow/tenants/contoso
lab_start "$demo/lab"
start_simulator
write_configuration
git -C mail-flow init -q -b main
git -C mail-flow config user.name "Demo"
git -C mail-flow config user.email "demo@contoso.example"
definitions=mail-flow/tenants/contoso

# The story ------------------------------------------------------------------------------------------------------------

say "A typo is found before anything is asked of the tenant"
{
    sed 's/certificateName:/certifcateName:/' "$project/examples/forced-tls-partner/fabrikam.yaml"
    with_certificate mail.fabrikam.com
} >$definitions/fabrikam.yaml
show 1 mitregate validate mail-flow
sed -i 's/certifcateName:/certificateName:/' $definitions/fabrikam.yaml
show 0 mitregate validate mail-flow

say "Forced TLS with fabrikam.com, both ways: its servers are asked, and pass"
commit "Force TLS with Fabrikam"
show 0 mitregate plan --out fabrikam.plan
show 0 mitregate apply fabrikam.plan
show 0 mitregate plan

say "Northwind's mail server has no TLS: with forced TLS, all mail to it would bounce"
cat >$definitions/northwind.yaml <<'YAML'
apiVersion: mitregate.dev/v1
kind: ForcedTLSPartner
metadata: {name: northwind}
spec:
  domains: [northwindtraders.com]
  trust: certificate-validation
  direction: outbound
YAML
commit "Force TLS with Northwind"
show 3 mitregate plan --out northwind.plan
show 3 mitregate apply northwind.plan

say "Tailspin's server turns everyone away right now, which says nothing about its TLS"
sed 's/northwindtraders/tailspintoys/; s/northwind/tailspin/' $definitions/northwind.yaml >$definitions/tailspin.yaml
commit "Force TLS with Tailspin"
show 4 mitregate gate tailspin

say "Both partners fix their servers, and the same commit passes"
lab_serve northwind tls
lab_serve tailspin tls
show 0 mitregate plan --out partners.plan
show 0 mitregate apply partners.plan

say "Another administrator weakens a connector by hand"
simulate edit "{
  \"tenant\": \"$tenant\", \"userId\": \"eve@contoso.com\", \"cmdlet\": \"Set-OutboundConnector\",
  \"parameters\": {\"Identity\": \"Forced TLS to fabrikam\", \"TlsSettings\": \"EncryptionOnly\", \"TlsDomain\": null}}"
show 2 mitregate drift --detailed-exitcode
show 0 mitregate apply --auto-approve

say "A change whose third write Exchange refuses: the first two are rolled back"
{
    cat <<'YAML'
apiVersion: mitregate.dev/v1
kind: TransportRule
metadata: {name: courts}
spec:
  name: Courts
  routeMessageOutboundRequireTls: true
  recipientDomainIs: [court.example]
  sentToScope: NotInOrganization
---
apiVersion: mitregate.dev/v1
kind: ForcedTLSPartner
metadata: {name: woodgrove}
spec:
  domains: [woodgrovebank.com]
  trust: domain-validation
  tlsDomain: mail.woodgrovebank.com
  certificateName: mail.woodgrovebank.com
YAML
    with_certificate mail.woodgrovebank.com
} >$definitions/woodgrove.yaml
commit "Force TLS with Woodgrove, and to the courts"
simulate faults '[{
  "match": {"cmdlet": "New-TransportRule"}, "times": 1,
  "effect": {"errorBody": {"type": "Microsoft.Exchange.Data.DataValidationException",
                           "text": "The rule can'"'"'t be created."}}}]'
show 8 mitregate apply --auto-approve

say "The commit is quarantined: it is not tried again until it is fixed"
show 4 mitregate plan

say "What was done is on record, and can be undone"
first=$(mitregate history -o json | sed -n 's/.*"run" : "\(.*\)".*/\1/p' | tail -1)
show 0 mitregate show "$first"
show 0 mitregate rollback "$first" --auto-approve --accept-weaker
show 0 mitregate history
show 0 mitregate status

say "The gate alone: all partners, one server, one certificate"
show 0 mitregate gate
show 0 mitregate probe "mail.fabrikam.com:$lab_port" --trust domain-validation --tls-domain '*.fabrikam.com'
show 3 mitregate certificate verify --chain lab/mail.fabrikam.com.pem --roots lab/root.pem --name mail.contoso.com
