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

# What the forge is told: it does not see the repository, so each push is reported to it ------------------------------

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

outcome() { ask_forge "issues/$1/comments" | jq -r '.[-1].body'; }
state_is() { grep -q "^contoso: $1" <<<"$(mitregate status)"; }

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
look "Statuses, on the forge" 10 statuses fabrikam
look "Comment, on the forge" 31 comments "$number"

say "It is approved and merged, and the controller applies what was shown"
on_forge review "{\"number\": $number, \"verdict\": \"approved\"}"
until_so "the approval is seen" has_comment "$number" "approvals **1 of 1**"
merge_request fabrikam "$number"
until_so "the outcome is told" has_comment "$number" "merged: applied"
look "Comment after the merge, on the forge" 10 outcome "$number"
show 0 mitregate status

say "Another request is approved, then force-pushed to something else, and merged at once"
git -C mail-flow checkout -q -b northwind
northwind mx.northwindtraders.com "Their relay, confirmed by phone"
commit "A better comment"
push northwind
open_request northwind "A better comment for Northwind"
until_so "the gate's verdict is there" has_status northwind mitregate/gate success
until_so "the comment is there" has_comment "$number" "confirmed by phone"
look "Comment, on the forge" 14 comments "$number"
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
look "Comment after the merge, on the forge" 10 outcome "$number"

say "A person looks at it, and lets exactly this plan through"
show 4 mitregate plan
digest=$(mitregate status | sed -n 's/.*mitregate approve \(--tenant contoso \)\{0,1\}\([0-9a-f]\{12\}\).*/\2/p' | head -n 1)
show 0 mitregate approve "$digest" --reason "Northwind moved to this relay"
until_so "contoso is in sync" state_is in-sync
until_so "the outcome is told" has_comment "$number" "merged: applied"
look "Comment after the merge, on the forge" 10 outcome "$number"
check_forge
stop controller
unset MITREGATE_SERVER_TOKEN MITREGATE_SERVER_URL
