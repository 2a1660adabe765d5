#!/usr/bin/env bash
# The main job against a simulated tenant, from a typo to a rollback. It ends by itself and leaves nothing running.
set -euo pipefail
project=$(cd "$(dirname "$0")/.." && pwd)
bin=${MITREGATE_BIN:-$project/.build/debug}
demo=$(mktemp -d "${TMPDIR:-/tmp}/mitregate-demo.XXXXXX")
simulator=
finish() {
    if [ -n "$simulator" ]; then
        kill "$simulator" 2>/dev/null || true
        wait "$simulator" 2>/dev/null || true
    fi
    rm -rf "$demo"
}
trap finish EXIT

# Runs one command as a reader would type it, and checks the exit code that it is expected to have.
show() {
    local expected=$1
    shift
    printf '\n\033[1m$ %s\033[0m\n' "$*"
    local code=0
    (cd "$demo" && "$@") || code=$?
    if [ "$code" != "$expected" ]; then
        echo "demo: exit code $code, expected $expected" >&2
        exit 1
    fi
    [ "$code" = 0 ] || printf '(exit code %s)\n' "$code"
}
say() { printf '\n\033[1m# %s\033[0m\n' "$*"; }
commit() { git -C "$demo/mail-flow" add -A && git -C "$demo/mail-flow" commit -q -m "$1"; }
mitregate() { "$bin/mitregate" "$@"; }

tenant=11111111-2222-3333-4444-555555555555
client=0a0a0a0a-1b1b-2c2c-3d3d-4e4e4e4e4e4e
cat >"$demo/tenant.json" <<JSON
{"tenants": [{
  "tenantId": "$tenant", "organization": "contoso.onmicrosoft.com",
  "acceptedDomains": [{"DomainName": "contoso.onmicrosoft.com", "InitialDomain": true}, {"DomainName": "contoso.com", "Default": true}],
  "applications": [{"clientId": "$client", "clientSecret": "correct horse battery staple", "roles": ["Exchange.ManageAsApp"],
                    "directoryRoles": ["Exchange Administrator"]}],
  "inboundConnectors": [{"Name": "Inbound from 6f1d0c9e-70f4-4f6c-9d3f-1f6f1f3b2a10", "ConnectorType": "OnPremises", "ConnectorSource": "HybridWizard",
    "SenderDomains": ["smtp:*;1"], "RequireTls": true, "TlsSenderCertificateName": "mail.contoso.com", "CloudServicesMailEnabled": true}],
  "outboundConnectors": []
}]}
JSON
"$bin/exchange-simulator" --port 0 --port-file "$demo/port" --seed "$demo/tenant.json" >"$demo/simulator.log" 2>&1 &
simulator=$!
for _ in $(seq 100); do
    [ -s "$demo/port" ] && break
    kill -0 "$simulator" 2>/dev/null || { cat "$demo/simulator.log" >&2; exit 1; }
    sleep 0.1
done
url=http://127.0.0.1:$(cat "$demo/port")

mkdir -p "$demo/mail-flow/tenants/contoso"
cp "$project/examples/forced-tls-partner/fabrikam.yaml" "$demo/mail-flow/tenants/contoso/"
git -C "$demo/mail-flow" init -q -b main
git -C "$demo/mail-flow" config user.name "Demo"
git -C "$demo/mail-flow" config user.email "demo@contoso.example"
cat >"$demo/mitregate.yaml" <<YAML
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
printf 'correct horse battery staple' >"$demo/secret"
chmod 600 "$demo/secret"

say "A typo is found before anything is asked of the tenant"
sed -i 's/certificateName:/certifcateName:/' "$demo/mail-flow/tenants/contoso/fabrikam.yaml"
show 1 mitregate validate mail-flow/tenants/contoso
sed -i 's/certifcateName:/certificateName:/' "$demo/mail-flow/tenants/contoso/fabrikam.yaml"
show 0 mitregate validate mail-flow/tenants/contoso

say "Forced TLS with fabrikam.com, both ways: what would happen to mail"
commit "Force TLS with Fabrikam"
show 0 mitregate plan
show 0 mitregate apply --auto-approve
show 0 mitregate plan

say "Another administrator weakens the connector by hand"
curl -sS --fail -o /dev/null -X POST "$url/simulator/edit" -H 'Content-Type: application/json' -d "{
  \"tenant\": \"$tenant\", \"userId\": \"eve@contoso.com\", \"cmdlet\": \"Set-OutboundConnector\",
  \"parameters\": {\"Identity\": \"Forced TLS to fabrikam\", \"TlsSettings\": \"EncryptionOnly\", \"TlsDomain\": null}}"
show 2 mitregate drift --detailed-exitcode
show 0 mitregate apply --auto-approve

say "A change whose third write Exchange refuses: the first two are taken back"
cat >"$demo/mail-flow/tenants/contoso/more.yaml" <<YAML
apiVersion: mitregate.dev/v1
kind: ForcedTLSPartner
metadata: {name: tailspin}
spec:
  domains: [tailspintoys.com]
  trust: certificate-validation
  certificateName: mail.tailspintoys.com
---
apiVersion: mitregate.dev/v1
kind: TransportRule
metadata: {name: courts}
spec:
  name: Courts
  routeMessageOutboundRequireTls: true
  recipientDomainIs: [court.example]
  sentToScope: NotInOrganization
YAML
commit "Force TLS with Tailspin, and for the courts"
curl -sS --fail -o /dev/null -X POST "$url/simulator/faults" -H 'Content-Type: application/json' -d "[{
  \"match\": {\"cmdlet\": \"New-TransportRule\"}, \"times\": 1,
  \"effect\": {\"errorBody\": {\"type\": \"Microsoft.Exchange.Data.DataValidationException\", \"text\": \"The rule can't be created.\"}}}]"
show 8 mitregate apply --auto-approve

say "The commit is quarantined: it is not tried again until it is mended"
show 4 mitregate plan
show 0 mitregate history
