# shellcheck shell=bash
# The main job by hand: check, plan, ask the partner's servers, apply, see drift, roll back.

tenant=11111111-2222-3333-4444-555555555555
cat >tenants.json <<JSON
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
start_simulator
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
new_repository
definitions=mail-flow/tenants/contoso
mkdir -p $definitions

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
