# shellcheck shell=bash
# The controller: it sees what people, partners and mail do, and does by itself what may be done without a person.

declare -A tenants=(
    [pilot]=22222222-2222-3333-4444-555555555555
    [contoso]=11111111-2222-3333-4444-555555555555
)

# The mail of both tenants meets two relays of Northwind, of which Exchange Online cannot reach the second.
tenant_seed() {
    cat <<JSON
{"tenantId": "${tenants[$1]}", "organization": "$1.onmicrosoft.com",
 "acceptedDomains": [{"DomainName": "$1.onmicrosoft.com", "InitialDomain": true}, {"DomainName": "$1.com", "Default": true}],
 "applications": [{"clientId": "$client", "clientSecret": "$secret", "roles": ["Exchange.ManageAsApp"],
                   "directoryRoles": ["Exchange Administrator"]}],
 "auditLatency": 0, "quirks": {"privateSmartHostsAllowed": true},
 "mail": {"trace": {"lag": 0, "repeats": 0},
          "servers": [{"name": "mx.northwindtraders.com", "address": "${lab_address[northwind]}"},
                      {"name": "mx.tailspintoys.com", "address": "${lab_address[tailspin]}"}],
          "faults": [{"fault": "timed-out", "host": "mx.tailspintoys.com"}]}}
JSON
}

tenant_settings() {
    cat <<YAML
      - name: $1
        path: tenants/$1
        tenantId: ${tenants[$1]}
        organization: $1.onmicrosoft.com
        credentials: {clientId: $client, clientSecret: {file: secret}}
        endpoints: {login: "$url", exchange: "$url", graph: "$url"}
        interval: 1s
YAML
}

# The connector to Northwind, in one tenant or in all: its smart host, and more of its fields.
connector() {
    local tenant
    for tenant in "${@:3}"; do
        mkdir -p "mail-flow/tenants/$tenant"
        cat >"mail-flow/tenants/$tenant/northwind.yaml" <<YAML
apiVersion: mitregate.dev/v1
kind: OutboundConnector
metadata: {name: northwind}
spec:
  name: To Northwind
  connectorType: Partner
  recipientDomains: [northwindtraders.com]
  useMXRecord: false
  smartHosts: [$1]
  $2
YAML
    done
}

# Whether the events of contoso have all these words.
has_event() {
    local events word
    events=$(mitregate events --tenant contoso --limit 1000 -o json)
    for word in "$@"; do grep -qF -- "$word" <<<"$events" || return 1; done
}
# Whether a tenant is as the newest commit says.
in_sync() {
    local head
    head=$(git -C mail-flow rev-parse HEAD)
    mitregate status | grep -q "^$1: in-sync, at ${head:0:12}"
}

# Six people write to Northwind, and an hour passes in the simulated service.
let_an_hour_pass() {
    local number
    for number in 1 2 3 4 5 6; do
        simulate mail "{\"tenant\": \"${tenants[contoso]}\", \"from\": \"person$number@contoso.com\",
                       \"to\": [\"partner$number@northwindtraders.com\"]}"
    done
    simulate clock '{"advance": 3300}'
    for number in 1 2 3; do mitregate reconcile --tenant contoso --wait >/dev/null 2>&1 || true; done
}

lab_serve northwind tls
lab_serve tailspin tls
printf '{"tenants": [%s, %s]}' "$(tenant_seed pilot)" "$(tenant_seed contoso)" >tenants.json
start_simulator
(umask 077 && printf 'a token for people' >token)
port=$(lab_free_port)
{
    cat <<YAML
apiVersion: mitregate.dev/v1
kind: Configuration
sources:
  - name: mail-flow
    url: mail-flow
    branch: main
    interval: 1s
    rollout: {canaries: [pilot], wait: 1s, stopAfter: 1}
    tenants:
YAML
    tenant_settings pilot
    tenant_settings contoso
    echo "        watch: {mail: trace, for: 24h, settle: 0s, onRegression: roll-back}"
    cat <<YAML
store: {url: "sqlite:mitregate.db"}
server: {listen: "127.0.0.1:$port", tokens: [{name: ops, token: {file: token}, may: [read, operate, approve]}]}
YAML
    lab_settings
} >mitregate.yaml
MITREGATE_SERVER_TOKEN=$(cat token)
MITREGATE_SERVER_URL=http://127.0.0.1:$port
export MITREGATE_SERVER_TOKEN MITREGATE_SERVER_URL
new_repository

# The story ------------------------------------------------------------------------------------------------------------

say "The controller runs, and a commit goes to the pilot first, then to contoso"
connector mx.northwindtraders.com 'enabled: true' pilot contoso
commit "Send to Northwind's relay"
printf '\n%s$ mitregate controller &%s\n' "$bold" "$plain"
mitregate controller >controller.log 2>&1 </dev/null &
processes[controller]=$!
until_so "both tenants are in sync" in_sync contoso
show 0 mitregate status

say "Another administrator sends Northwind's mail elsewhere by hand: who, and when"
simulate edit "{
  \"tenant\": \"${tenants[contoso]}\", \"userId\": \"eve@contoso.com\", \"cmdlet\": \"Set-OutboundConnector\",
  \"parameters\": {\"Identity\": \"To Northwind\", \"SmartHosts\": [\"mx.tailspintoys.com\"]}}"
until_so "the drift is told" has_event Drifted eve@contoso.com
show 0 mitregate events --tenant contoso --limit 3
simulate edit "{
  \"tenant\": \"${tenants[contoso]}\", \"userId\": \"eve@contoso.com\", \"cmdlet\": \"Set-OutboundConnector\",
  \"parameters\": {\"Identity\": \"To Northwind\", \"SmartHosts\": [\"mx.northwindtraders.com\"]}}"
until_so "the drift is over" in_sync contoso

say "A commit that Exchange refuses stops at the pilot: contoso never sees it"
simulate faults '[{
  "match": {"cmdlet": "Set-OutboundConnector"}, "times": 1,
  "effect": {"errorBody": {"type": "Microsoft.Exchange.Data.DataValidationException", "text": "It can'"'"'t be done."}}}]'
connector mx.northwindtraders.com 'comment: A bad template' pilot contoso
commit "A bad template"
until_so "the rollout stops" has_event rollout-stopped
show 0 mitregate status
connector mx.northwindtraders.com 'comment: A good one' pilot contoso
commit "A good template"
until_so "the good one is everywhere" in_sync contoso

say "A smart host that Exchange Online cannot reach: mail fails, and the change is taken back with its figures"
connector mx.tailspintoys.com 'comment: A good one' contoso
commit "Send through Tailspin's relay"
until_so "contoso is in sync" in_sync contoso
let_an_hour_pass
until_so "it is taken back" has_event regressed-taken-back
show 0 mitregate watch
show 0 mitregate events --tenant contoso --limit 4

say "The next good commit goes through"
connector mx.northwindtraders.com 'comment: Back to their own relay' pilot contoso
commit "Back to Northwind's relay"
until_so "contoso is in sync" in_sync contoso

say "Northwind is down right after a harmless change: nothing is taken back"
simulate tenant "{\"tenant\": \"${tenants[contoso]}\",
  \"mail\": {\"faults\": [{\"fault\": \"refused\", \"host\": \"mx.northwindtraders.com\"}]}}"
let_an_hour_pass
show 0 mitregate watch
simulate tenant "{\"tenant\": \"${tenants[contoso]}\", \"mail\": {\"faults\": []}}"

say "TLS is forced, and then Northwind's server loses STARTTLS: an alarm, and nothing is weakened"
connector mx.northwindtraders.com 'tlsSettings: EncryptionOnly' pilot contoso
commit "Force TLS with Northwind"
until_so "contoso is in sync" in_sync contoso
lab_serve northwind plain
simulate tenant "{\"tenant\": \"${tenants[contoso]}\",
  \"mail\": {\"faults\": [{\"fault\": \"starttls-gone\", \"host\": \"mx.northwindtraders.com\"}]}}"
let_an_hour_pass
until_so "the alarm" has_event regressed-held
show 0 mitregate watch
show 0 mitregate events --tenant contoso --limit 2

say "SIGTERM ends it in order"
stop controller
unset MITREGATE_SERVER_TOKEN MITREGATE_SERVER_URL
show 0 mitregate history --limit 8
