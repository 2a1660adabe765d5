# shellcheck shell=bash
# Offers: what someone changed in the tenant, and what was rolled back, come back to git as requests of Mitregate's own.

tenant=11111111-2222-3333-4444-555555555555
cat >tenants.json <<JSON
{"tenants": [{
  "tenantId": "$tenant", "organization": "contoso.onmicrosoft.com",
  "acceptedDomains": [{"DomainName": "contoso.onmicrosoft.com", "InitialDomain": true},
                      {"DomainName": "contoso.com", "Default": true}],
  "applications": [{"clientId": "$client", "clientSecret": "$secret", "roles": ["Exchange.ManageAsApp"],
                    "directoryRoles": ["Exchange Administrator"]}],
  "auditLatency": 0, "quirks": {"privateSmartHostsAllowed": true},
  "mail": {"trace": {"lag": 0, "repeats": 0},
           "servers": [{"name": "mx.northwindtraders.com", "address": "${lab_address[northwind]}"},
                       {"name": "mx.tailspintoys.com", "address": "${lab_address[tailspin]}"}],
           "faults": [{"fault": "timed-out", "host": "mx.tailspintoys.com"}]}
}]}
JSON

# What the forge tells ------------------------------------------------------------------------------------------------

# The number of the open request from a branch; nothing where there is none.
request_from() { ask_forge "pulls?state=open" | jq -r ".[] | select(.head.ref == \"$1\") | .number"; }
has_request() { [ -n "$(request_from "$1")" ]; }
has_none() { [ -z "$(request_from "$1")" ]; }
body() { ask_forge "pulls/$1" | jq -r '.title, "", .body' | grep -v '^<!--'; }
evidence() { comments "$1" | grep -A 30 -F 'mitregate-offer-evidence' | grep -v '^<!--'; }

in_sync() {
    local head
    head=$(git -C forge.git rev-parse main)
    grep -q "^contoso: in-sync, at ${head:0:12}" <<<"$(mitregate status)"
}
has_event() { grep -qF -- "$1" <<<"$(mitregate events --limit 1000 -o json)"; }
plan_names() { grep -qF -- "$1" <<<"$(mitregate plan 2>&1 || true)"; }
watched() { grep -q "watching .*commit $(git -C forge.git rev-parse main | cut -c 1-4)" <<<"$(mitregate watch)"; }

# How often something was written to the tenant so far.
writes() { curl -sS --fail "$url/simulator/requests" | jq '[.. | objects | select(.changedTenant? == true)] | length'; }

northwind() {
    cat >$definitions/northwind.yaml <<YAML
# Northwind Traders: contract 2024-117. Ask Ana before you change the relay.
apiVersion: mitregate.dev/v1
kind: OutboundConnector
metadata: {name: northwind}
spec:
  name: To Northwind
  connectorType: Partner
  recipientDomains: [northwindtraders.com]
  useMXRecord: false
  smartHosts:
    - $1   # told on the phone by their postmaster
  comment: "Their relay"   # shows up in the admin center
YAML
}

lab_serve northwind tls
lab_serve tailspin tls
start_simulator
(umask 077 && printf 'a token for people' >token)
port=$(lab_free_port)
git init -q --bare -b main forge.git
start_forge --repository forge.git
cat >mitregate.yaml <<YAML
apiVersion: mitregate.dev/v1
kind: Configuration
sources:
  - name: mail-flow
    url: forge.git
    branch: main
    interval: 1s
    forge:
      kind: gitea
      url: "$forge_url/api/v1"
      repository: contoso/mail-flow
      credentials: {token: {file: forge-token}}
      visibility: full
      review: optional
      drift: pull-request
      identity: {name: Mitregate, email: mitregate@contoso.example}
    tenants:
      - name: contoso
        path: tenants/contoso
        tenantId: $tenant
        organization: contoso.onmicrosoft.com
        credentials: {clientId: $client, clientSecret: {file: secret}}
        endpoints: {login: "$url", exchange: "$url", graph: "$url"}
        interval: 1s
        watch: {mail: trace, for: 24h, settle: 0s, onRegression: roll-back}
store: {url: "sqlite:mitregate.db"}
server: {listen: "127.0.0.1:$port", tokens: [{name: ops, token: {file: token}, may: [read, operate, approve]}]}
YAML
lab_settings >>mitregate.yaml
new_repository
git -C mail-flow remote add origin "$PWD/forge.git"
definitions=mail-flow/tenants/contoso
mkdir -p $definitions
northwind mx.northwindtraders.com
commit "Send to Northwind's relay"
git -C mail-flow push -q origin main
MITREGATE_SERVER_TOKEN=$(cat token)
MITREGATE_SERVER_URL=http://127.0.0.1:$port
export MITREGATE_SERVER_TOKEN MITREGATE_SERVER_URL

# The story ------------------------------------------------------------------------------------------------------------

say "The source's forge is asked for requests of our own: drift: pull-request"
sed -n '/forge:/,/identity/p' mitregate.yaml
printf '\n%s$ mitregate controller &%s\n' "$bold" "$plain"
"$bin/mitregate" controller >controller.log 2>&1 </dev/null &
processes[controller]=$!
until_so "contoso is in sync" in_sync

say "Eve changes the connector in the admin center, during an outage: it becomes a request, and is not undone"
simulate edit "{
  \"tenant\": \"$tenant\", \"userId\": \"eve@contoso.com\", \"cmdlet\": \"Set-OutboundConnector\",
  \"parameters\": {\"Identity\": \"To Northwind\", \"Comment\": \"Their second relay, by Ana\"}}"
before=$(writes)
branch=mitregate/drift/contoso
until_so "the request is there" has_request $branch
number=$(request_from $branch)
until_so "the author is known" has_event eve@contoso.com
until_so "the gate's verdict is there" has_status $branch mitregate/gate success
look "Request $number, on the forge" 24 body "$number"
look "Its one commit: the file's comments stay" 20 git -C forge.git show --format='%an <%ae>: %s' $branch

say "It is merged: git says what the tenant says, and nothing was written"
merge_request "origin/$branch" "$number"
until_so "contoso is in sync" in_sync
until_so "no request is left" has_none $branch
after=$(writes)
[ "$before" = "$after" ] || fail "the tenant was written to: $before, then $after"
show 0 mitregate status
show 0 mitregate drift

say "A change that mail does not survive is taken back, and git is offered to say so"
northwind_file=$definitions/northwind.yaml
git -C mail-flow fetch -q origin
git -C mail-flow merge -q --ff-only origin/main
sed -i 's/mx.northwindtraders.com/mx.tailspintoys.com/' $northwind_file
commit "Send through Tailspin's relay"
git -C mail-flow push -q origin main
until_so "contoso is in sync" in_sync
until_so "mail is watched" watched
for person in 1 2 3 4 5 6; do
    simulate mail "{\"tenant\": \"$tenant\", \"from\": \"person$person@contoso.com\",
                   \"to\": [\"partner$person@northwindtraders.com\"]}"
done
simulate clock '{"advance": 3300}'
for round in 1 2 3; do mitregate reconcile --tenant contoso --wait >"reconcile-$round.log" 2>&1 || true; done
until_so "it is taken back" has_event regressed-taken-back
branch=mitregate/revert/contoso
until_so "the request is there" has_request $branch
number=$(request_from $branch)
until_so "the evidence is there" has_comment "$number" mitregate-offer-evidence
look "Request $number, on the forge" 14 body "$number"
look "Its first comment" 16 evidence "$number"
look "Its commit" 16 git -C forge.git show --format='%an <%ae>: %s' $branch
until_so "the quarantine names it" plan_names "Request #$number"
show 4 mitregate plan

say "It is merged: the quarantine is lifted, and nothing is written"
before=$(writes)
merge_request "origin/$branch" "$number"
until_so "contoso is in sync" in_sync
until_so "no request is left" has_none $branch
after=$(writes)
[ "$before" = "$after" ] || fail "the tenant was written to: $before, then $after"
show 0 mitregate status
show 0 mitregate plan
check_forge
stop controller
unset MITREGATE_SERVER_TOKEN MITREGATE_SERVER_URL
