#!/usr/bin/env bash
# Makes the certificates of the gate's tests: fixed dates around 2026-11-26T12:00:00Z, which is the tests' present.
# Needs the openssl command. OCSP answers take the hour at which this runs as their start: run it before that present.
# The results are kept next to it, so that the tests need neither openssl nor the hour.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >ca.cnf <<'CNF'
[ca]
default_ca = ca
[ca]
dir = .
database = $ENV::CA/index.txt
crlnumber = $ENV::CA/crlnumber
new_certs_dir = .
default_md = sha256
policy = anything
unique_subject = no
rand_serial = yes
copy_extensions = none
email_in_dn = no
[anything]
commonName = optional
organizationName = optional
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[int]
basicConstraints = critical, CA:true, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[constrained]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
nameConstraints = critical, permitted;DNS:elsewhere.example
[leaf]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = $ENV::EKU
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = $ENV::SAN
crlDistributionPoints = URI:http://crl.issuer.example/int.crl
[leafaia]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = $ENV::EKU
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = $ENV::SAN
authorityInfoAccess = caIssuers;URI:http://aia.issuer.example/int.cer
[plain]
subjectKeyIdentifier = none
authorityKeyIdentifier = none
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = $ENV::EKU
subjectAltName = $ENV::SAN
[cnonly]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = $ENV::EKU
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
CNF
export SAN=DNS:mx1.partner.example EKU=serverAuth CA=root

key() { case $2 in rsa1024) openssl genrsa -out "$1.key" 1024 ;; p521) openssl ecparam -name secp521r1 -genkey -noout -out "$1.key" ;; *) openssl ecparam -name prime256v1 -genkey -noout -out "$1.key" ;; esac 2>/dev/null; }
# issue NAME ISSUER SECTION START END SUBJECT [digest] [key]
issue() {
    local name=$1 issuer=$2 section=$3 start=$4 end=$5 subject=$6 digest=${7:-sha256} kind=${8:-ec}
    [ -f "$name.key" ] || key "$name" "$kind"
    openssl req -new -key "$name.key" -subj "$subject" -out "$name.csr" 2>/dev/null
    mkdir -p "$issuer"; touch "$issuer/index.txt"; [ -f "$issuer/crlnumber" ] || echo 01 >"$issuer/crlnumber"
    local self=(-cert "$issuer.pem" -keyfile "$issuer.key")
    [ "$name" = "$issuer" ] && self=(-selfsign -keyfile "$name.key")
    CA=$issuer openssl ca -config ca.cnf -batch -notext "${self[@]}" -in "$name.csr" -out "$name.pem" -extensions "$section" \
        -startdate "$start" -enddate "$end" -md "$digest" 2>/dev/null
}

issue root root root 20200101000000Z 20400101000000Z "/O=Test Trust/CN=Test Root"
issue other other root 20200101000000Z 20400101000000Z "/O=Private/CN=Private Root"
issue int root int 20220101000000Z 20320101000000Z "/O=Test Trust/CN=Test Issuer"
issue oldint root int 20220101000000Z 20260101000000Z "/O=Test Trust/CN=Old Issuer"
issue privint other int 20220101000000Z 20320101000000Z "/O=Private/CN=Private Issuer"
issue constrained root constrained 20220101000000Z 20320101000000Z "/O=Test Trust/CN=Constrained Issuer"

issue twin root int 20220101000000Z 20320101000000Z "/O=Test Trust/CN=Twin Issuer"
issue othertwin root int 20220101000000Z 20320101000000Z "/O=Test Trust/CN=Twin Issuer"

good=20260901000000Z end=20270901000000Z
SAN=DNS:mx1.partner.example,DNS:mail.partner.example issue leaf int leaf $good $end "/CN=mx1.partner.example"
issue renewed int leaf 20261101000000Z 20271101000000Z "/CN=mx1.partner.example"
issue expired int leaf 20250901000000Z 20261121000000Z "/CN=mx1.partner.example"
issue future int leaf 20270101000000Z 20280101000000Z "/CN=mx1.partner.example"
issue soon int leaf 20260907000000Z 20261206000000Z "/CN=mx1.partner.example"
issue urgent int leaf 20260901000000Z 20261130000000Z "/CN=mx1.partner.example"
SAN='DNS:*.partner.example' issue wildcard int leaf $good $end "/CN=*.partner.example"
SAN=DNS:partner.example issue apex int leaf $good $end "/CN=partner.example"
SAN=DNS:web.elsewhere.example issue wrongname int leaf $good $end "/CN=web.elsewhere.example"
issue cnonly int cnonly $good $end "/CN=mx1.partner.example"
issue chainold oldint leaf $good $end "/CN=mx1.partner.example"
issue private privint leaf $good $end "/CN=mx1.partner.example"
issue aia int leafaia $good $end "/CN=mx1.partner.example"
issue constrainedleaf constrained leaf $good $end "/CN=mx1.partner.example"
issue belowleaf leaf leaf $good $end "/CN=mx1.partner.example"
issue rsa1024 int leaf $good $end "/CN=mx1.partner.example" sha256 rsa1024
issue sha1 int leaf $good $end "/CN=mx1.partner.example" sha1
EKU=clientAuth issue clientonly int leaf $good $end "/CN=mx1.partner.example"
EKU=serverAuth,clientAuth issue both int leaf $good $end "/CN=mx1.partner.example"
EKU=codeSigning issue code int leaf $good $end "/CN=mx1.partner.example"
issue selfsigned selfsigned leaf $good $end "/CN=mx1.partner.example"
issue p521 p521 leaf $good $end "/CN=mx1.partner.example" sha256 p521
issue twinleaf twin plain $good $end "/CN=mx1.partner.example"
issue revoked int leaf $good $end "/CN=mx1.partner.example"

CA=int openssl ca -config ca.cnf -keyfile int.key -cert int.pem -revoke revoked.pem 2>/dev/null
CA=int openssl ca -config ca.cnf -keyfile int.key -cert int.pem -gencrl -crl_lastupdate 20261120000000Z -crl_nextupdate 20261220000000Z -out int.crl 2>/dev/null
CA=int openssl ca -config ca.cnf -keyfile int.key -cert int.pem -gencrl -crl_lastupdate 20261001000000Z -crl_nextupdate 20261101000000Z -out stale.crl 2>/dev/null
mkdir -p other && CA=other openssl ca -config ca.cnf -keyfile other.key -cert other.pem -gencrl -crl_lastupdate 20261120000000Z -crl_nextupdate 20261220000000Z -out other.crl 2>/dev/null
for name in leaf revoked; do
    openssl ocsp -issuer int.pem -cert $name.pem -reqout request.der >/dev/null 2>&1
    openssl ocsp -index int/index.txt -CA int.pem -rsigner int.pem -rkey int.key -reqin request.der -respout $name.ocsp -ndays 3650 >/dev/null 2>&1
done
rm -f "$here"/*.pem "$here"/*.crl "$here"/*.ocsp
for file in *.pem *.crl *.ocsp; do
    case $file in [0-9A-F][0-9A-F]*.pem) ;; *) cp "$file" "$here/" ;; esac
done
