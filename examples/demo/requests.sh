# shellcheck shell=bash
# Pull requests: the plan and the gate's verdict are where the change is decided, and only what was reviewed is applied.

tenant=11111111-2222-3333-4444-555555555555
cat >tenants.json <<JSON
{"tenants": [{
  "tenantId": "$tenant", "organization": "contoso.onmicrosoft.com",
  "acceptedDomains": [{"DomainName": "contoso.onmicrosoft.com", "InitialDomain": true},
                      {"DomainName": "contoso.com", "Default": true}],
  "applications": [{"clientId": "$client", "clientSecret": "$secret", "roles": ["Exchange.ManageAsApp"],
                    "directoryRoles": ["Exchange Administrator"]}],
  "inboundConnectors": [], "outboundConnectors": []
}]}
JSON

# The forge: a bare repository, and Gitea's API next to it, which is told what is pushed -------------------------------

forge_url=
start_forge() {
    (umask 077 && printf 'token-of-mitregate' >forge-token)
    "$bin/forge-simulator" --port-file forge-port --token-file forge-token >forge.log 2>&1 </dev/null &
    processes[forge]=$!
    until_so "the forge starts" test -s forge-port
    forge_url=http://127.0.0.1:$(cat forge-port)
}

on_forge() { curl -sS --fail -H 'Content-Type: application/json' -d "$2" "$forge_url/simulator/$1"; }
ask_forge() {
    curl -sS --fail -H "Authorization: token $(cat forge-token)" "$forge_url/api/v1/repos/contoso/mail-flow/$1"
}

# Pushes the work tree's branch, and the request's head with it where there is one.
push() {
    local branch=$1 number=${2:-} head
    head=$(git -C mail-flow rev-parse "$branch")
    git -C mail-flow push -q --force origin "$branch"
    [ -z "$number" ] || git -C forge.git update-ref "refs/pull/$number/head" "$head"
    on_forge push "{\"branch\": \"$branch\", \"commit\": \"$head\"}"
}

# Opens a request from a branch that was pushed; its number is in $number.
open_request() {
    number=$(on_forge open "{\"branch\": \"$1\", \"title\": \"$2\"}" | jq .number)
    git -C forge.git update-ref "refs/pull/$number/head" "$1"
    printf '\nRequest %s is opened: %s\n' "$number" "$2"
}

# Merges a request with a commit of its own. The forge is told first, so that each merge that is found has its request.
merge_request() {
    git -C mail-flow checkout -q main
    git -C mail-flow merge -q --no-ff -m "Merge request $2" "$1"
    on_forge merge "{\"number\": $2, \"commit\": \"$(git -C mail-flow rev-parse main)\"}"
    git -C mail-flow push -q origin main
    printf '\nRequest %s is merged as %s\n' "$2" "$(git -C mail-flow rev-parse --short=12 main)"
}

# The newest of the three statuses on a branch's commit; each tenant has three of its own, which are left out.
statuses() {
    ask_forge "commits/$(git -C mail-flow rev-parse "$1")/statuses" |
        jq -r 'map(select(.context | contains(":") | not)) | group_by(.context)[] | max_by(.id) |
            "\(.context): \(.status), \(.description)"'
}
outcome() { ask_forge "issues/$1/comments" | jq -r '.[-1].body'; }
comments() { ask_forge "issues/$1/comments" | jq -r '.[].body'; }

# Not through a pipe: grep ends at the first match, and what writes into the pipe would fail.
has_status() { grep -q "^$2: $3," <<<"$(statuses "$1")"; }
has_comment() { grep -qF -- "$2" <<<"$(comments "$1")"; }
state_is() { grep -q "^contoso: $1" <<<"$(mitregate status)"; }

# Shows what a reader finds on the forge, up to so many lines.
look() {
    local title=$1 lines=$2 text
    shift 2
    text=$("$@")
    printf '\n%s%s, on the forge:%s\n' "$bold" "$title" "$plain"
    head -n "$lines" <<<"$text"
    [ "$(wc -l <<<"$text")" -le "$lines" ] || printf '[…]\n'
}

northwind() {
    cat >$definitions/northwind.yaml <<YAML
apiVersion: mitregate.dev/v1
kind: OutboundConnector
metadata: {name: northwind}
spec:
  name: To Northwind
  connectorType: Partner
  recipientDomains: [northwindtraders.com]
  useMXRecord: false
  smartHosts: [$1]
  comment: $2
YAML
}

lab_serve northwind tls
lab_serve tailspin tls
start_simulator
start_forge
(umask 077 && printf 'a token for people' >token)
port=$(lab_free_port)
cat >mitregate.yaml <<YAML
apiVersion: mitregate.dev/v1
kind: Configuration
sources:
  - name: mail-flow
    url: forge.git
    branch: main
    interval: 1s
    tenants:
      - name: contoso
        path: tenants/contoso
        tenantId: $tenant
        organization: contoso.onmicrosoft.com
        credentials: {clientId: $client, clientSecret: {file: secret}}
        endpoints: {login: "$url", exchange: "$url", graph: "$url"}
        interval: 1s
store: {url: "sqlite:mitregate.db"}
server: {listen: "127.0.0.1:$port", tokens: [{name: ops, token: {file: token}, may: [read, operate, approve]}]}
YAML
lab_settings >>mitregate.yaml

# What is there before the forge is: one connector, which was applied by hand.
git init -q --bare -b main forge.git
new_repository
git -C mail-flow remote add origin "$PWD/forge.git"
definitions=mail-flow/tenants/contoso
mkdir -p $definitions
northwind mx.northwindtraders.com "Their relay"
commit "Send to Northwind's relay"
push main
mitregate apply --auto-approve >apply.log 2>&1 || fail "$(cat apply.log)"

# The story ------------------------------------------------------------------------------------------------------------

say "The source gets its forge: from now on, only what a request showed and a colleague approved is applied"
forge="kind: gitea, url: \"$forge_url/api/v1\", repository: contoso/mail-flow"
forge+=",\n            credentials: {token: {file: forge-token}}, approvals: 1"
sed -i "s|^    branch: main|&\n    forge: {$forge}|" mitregate.yaml
sed -n '/forge:/,/approvals/p' mitregate.yaml
MITREGATE_SERVER_TOKEN=$(cat token)
MITREGATE_SERVER_URL=http://127.0.0.1:$port
export MITREGATE_SERVER_TOKEN MITREGATE_SERVER_URL
printf '\n%s$ mitregate controller &%s\n' "$bold" "$plain"
"$bin/mitregate" controller >controller.log 2>&1 </dev/null &
processes[controller]=$!
until_so "contoso is in sync" state_is in-sync

say "A colleague asks to force TLS with fabrikam.com: the request says what merging it would do"
git -C mail-flow checkout -q -b fabrikam
{
    cat "$project/examples/forced-tls-partner/fabrikam.yaml"
    with_certificate mail.fabrikam.com
} >$definitions/fabrikam.yaml
commit "Force TLS with Fabrikam"
push fabrikam
open_request fabrikam "Force TLS with Fabrikam"
until_so "the gate's verdict is there" has_status fabrikam mitregate/gate success
until_so "the comment is there" has_comment "$number" "to fabrikam"
look "Statuses" 10 statuses fabrikam
look "Comment" 31 comments "$number"

say "It is approved and merged, and the controller applies what was shown"
on_forge review "{\"number\": $number, \"verdict\": \"approved\"}"
until_so "the approval is seen" has_comment "$number" "approvals **1 of 1**"
merge_request fabrikam "$number"
until_so "the outcome is told" has_comment "$number" "merged: applied"
look "Comment after the merge" 10 outcome "$number"
show 0 mitregate status

say "Another request is approved, then force-pushed to something else, and merged at once"
git -C mail-flow checkout -q -b northwind
northwind mx.northwindtraders.com "Their relay, confirmed by phone"
commit "A better comment"
push northwind
open_request northwind "A better comment for Northwind"
until_so "the gate's verdict is there" has_status northwind mitregate/gate success
until_so "the comment is there" has_comment "$number" "confirmed by phone"
look "Comment" 14 comments "$number"
on_forge review "{\"number\": $number, \"verdict\": \"approved\"}"
until_so "the approval is seen" has_comment "$number" "approvals **1 of 1**"
northwind mx.tailspintoys.com "Their relay, confirmed by phone"
git -C mail-flow add -A
git -C mail-flow commit -q --amend --no-edit
push northwind "$number"
merge_request northwind "$number"

say "No reviewer approved that mail goes to another relay: it is held, and the request says so"
until_so "it is held" state_is waiting
until_so "the outcome is told" has_comment "$number" "merged: held"
show 0 mitregate status
look "Comment after the merge" 10 outcome "$number"

say "A person looks at it, and lets exactly this plan through"
show 4 mitregate plan
digest=$(mitregate status | sed -n 's/.*mitregate approve \(--tenant contoso \)\{0,1\}\([0-9a-f]\{12\}\).*/\2/p' | head -n 1)
show 0 mitregate approve "$digest" --reason "Northwind moved to this relay"
until_so "contoso is in sync" state_is in-sync
until_so "the outcome is told" has_comment "$number" "merged: applied"
look "Comment after the merge" 10 outcome "$number"
complaints=$(curl -sS --fail "$forge_url/simulator/complaints")
[ "$complaints" = "[]" ] || fail "what the forge's own description does not know: $complaints"
stop controller
unset MITREGATE_SERVER_TOKEN MITREGATE_SERVER_URL
