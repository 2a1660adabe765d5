#define _GNU_SOURCE
#include "certificate_internal.h"

#include <limits.h>
#include <openssl/asn1.h>
#include <openssl/asn1t.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

/// Whether the bytes are signed with the key, by an algorithm that names its digest; the bytes are not copied.
static int mitre_is_signed(
    const uint8_t *bytes,
    size_t length,
    const X509_ALGOR *algorithm,
    const ASN1_BIT_STRING *signature,
    EVP_PKEY *key
) {
    const ASN1_OBJECT *object = NULL;
    X509_ALGOR_get0(&object, NULL, NULL, algorithm);
    int digest = NID_undef;
    int kind = NID_undef;
    if (!OBJ_find_sigid_algs(OBJ_obj2nid(object), &digest, &kind) || digest == NID_undef) return 0;
    if (EVP_PKEY_type(kind) != EVP_PKEY_get_base_id(key)) return 0;
    const EVP_MD *method = EVP_get_digestbynid(digest);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int is_signed = method && context && EVP_DigestVerifyInit(context, NULL, method, NULL, key) == 1
        && EVP_DigestVerify(context, ASN1_STRING_get0_data(signature), ASN1_STRING_length(signature), bytes, length) == 1;
    EVP_MD_CTX_free(context);
    return is_signed;
}

/// The same for algorithms with parameters, such as RSASSA-PSS, of which OpenSSL makes two copies of the bytes.
static int mitre_is_signed_with_parameters(
    const uint8_t *bytes,
    size_t length,
    const X509_ALGOR *algorithm,
    const ASN1_BIT_STRING *signature,
    EVP_PKEY *key
) {
    if (length > 4 << 20) return 0;
    ASN1_STRING *content = ASN1_STRING_type_new(V_ASN1_SEQUENCE);
    int is_signed = content && ASN1_STRING_set(content, bytes, (int)length)
        && ASN1_item_verify(ASN1_ITEM_rptr(ASN1_SEQUENCE), algorithm, signature, content, key) == 1;
    ASN1_STRING_free(content);
    return is_signed;
}

static int mitre_list_is_signed(X509_CRL *crl, const uint8_t *whole, size_t length, EVP_PKEY *key) {
    const ASN1_BIT_STRING *signature = NULL;
    const X509_ALGOR *algorithm = NULL;
    X509_CRL_get0_signature(crl, &signature, &algorithm);
    if (!signature || !algorithm) return 0;
    return mitre_is_signed(whole, length, algorithm, signature, key)
        || mitre_is_signed_with_parameters(whole, length, algorithm, signature, key);
}

/// Whether the list has a critical extension that is not looked at here: then nothing in it may be gone by (RFC 5280 5.2).
static int mitre_has_unknown(const X509_CRL *crl) {
    for (int i = X509_CRL_get_ext_by_critical(crl, 1, -1); i >= 0; i = X509_CRL_get_ext_by_critical(crl, 1, i)) {
        int kind = OBJ_obj2nid(X509_EXTENSION_get_object(X509_CRL_get_ext(crl, i)));
        int is_known = kind == NID_issuing_distribution_point || kind == NID_delta_crl || kind == NID_authority_key_identifier;
        if (!is_known) return 1;
    }
    return 0;
}

static int mitre_share_name(const GENERAL_NAMES *names, const GENERAL_NAMES *others) {
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        for (int j = 0; j < sk_GENERAL_NAME_num(others); j++) {
            if (GENERAL_NAME_cmp(sk_GENERAL_NAME_value(names, i), sk_GENERAL_NAME_value(others, j)) == 0) return 1;
        }
    }
    return 0;
}

/// Whether the list's place is one that the certificate names: issuers split their lists (RFC 5280 6.3.3 b 2 i).
static int mitre_is_placed(const DIST_POINT_NAME *place, X509 *x509) {
    if (place->type != 0) return 0;
    CRL_DIST_POINTS *points = X509_get_ext_d2i(x509, NID_crl_distribution_points, NULL, NULL);
    int found = 0;
    for (int i = 0; !found && i < sk_DIST_POINT_num(points); i++) {
        const DIST_POINT_NAME *own = sk_DIST_POINT_value(points, i)->distpoint;
        if (own && own->type == 0) found = mitre_share_name(place->name.fullname, own->name.fullname);
    }
    CRL_DIST_POINTS_free(points);
    return found;
}

/// Whether the list is whole and has all that its issuer revoked of the certificate's kind and place.
///
/// A delta list has only what is new since another one, so a certificate that it leaves out may be revoked (RFC 5280 5.2.4).
static int mitre_covers(const X509_CRL *crl, X509 *x509) {
    if (X509_CRL_get_ext_by_NID(crl, NID_delta_crl, -1) >= 0) return 0;
    int critical = -1;
    ISSUING_DIST_POINT *point = X509_CRL_get_ext_d2i(crl, NID_issuing_distribution_point, &critical, NULL);
    if (!point) return critical == -1;
    int covers = !point->indirectCRL && !point->onlyattr && !point->onlysomereasons
        && !(X509_check_ca(x509) > 0 ? point->onlyuser : point->onlyCA)
        && (!point->distpoint || mitre_is_placed(point->distpoint, x509));
    ISSUING_DIST_POINT_free(point);
    return covers;
}

static mitre_status mitre_judge_list(
    X509_CRL *crl,
    const uint8_t *whole,
    size_t length,
    X509 *x509,
    X509 *issuer,
    int64_t at,
    int64_t *revoked_at
) {
    if (X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_subject_name(issuer)) != 0) return MITRE_STATUS_WRONG_ISSUER;
    EVP_PKEY *key = X509_get0_pubkey(issuer);
    if (!key || !mitre_list_is_signed(crl, whole, length, key)) return MITRE_STATUS_BAD_SIGNATURE;
    if (mitre_has_unknown(crl)) return MITRE_STATUS_UNREADABLE;
    if (!mitre_covers(crl, x509)) return MITRE_STATUS_NOT_COVERED;
    X509_REVOKED *entry = NULL;
    int found = X509_CRL_get0_by_cert(crl, &entry, x509);
    if (found == 1 && entry) {
        mitre_seconds(X509_REVOKED_get0_revocationDate(entry), revoked_at);
        return MITRE_STATUS_REVOKED;
    }
    int64_t last = 0;
    int64_t next = 0;
    if (!mitre_seconds(X509_CRL_get0_lastUpdate(crl), &last) || last > at) return MITRE_STATUS_STALE;
    if (X509_CRL_get0_nextUpdate(crl) && (!mitre_seconds(X509_CRL_get0_nextUpdate(crl), &next) || next < at)) {
        return MITRE_STATUS_STALE;
    }
    return MITRE_STATUS_GOOD;
}

mitre_status mitre_crl_excerpt_status(
    const uint8_t *list,
    size_t length,
    const uint8_t *whole,
    size_t whole_length,
    const mitre_certificate *certificate,
    const mitre_certificate *issuer,
    int64_t at,
    int64_t *revoked_at
) {
    *revoked_at = 0;
    if (!list || length == 0 || length > INT_MAX || !whole) return MITRE_STATUS_UNREADABLE;
    const unsigned char *cursor = list;
    X509_CRL *crl = d2i_X509_CRL(NULL, &cursor, (long)length);
    mitre_status status = MITRE_STATUS_UNREADABLE;
    if (crl) status = mitre_judge_list(crl, whole, whole_length, certificate->x509, issuer->x509, at, revoked_at);
    X509_CRL_free(crl);
    ERR_clear_error();
    return status;
}

void mitre_sha256(const uint8_t *bytes, size_t length, uint8_t digest[32]) {
    EVP_Digest(bytes, length, digest, NULL, EVP_sha256(), NULL);
}

/// Whether the response is signed by the issuer, or by a responder that the issuer certified for it.
static int mitre_is_genuine(OCSP_BASICRESP *basic, X509 *issuer, int64_t at) {
    X509_STORE *store = X509_STORE_new();
    STACK_OF(X509) *certificates = sk_X509_new_null();
    int genuine = 0;
    if (store && certificates && sk_X509_push(certificates, issuer) > 0 && X509_STORE_add_cert(store, issuer)) {
        X509_VERIFY_PARAM *parameters = X509_STORE_get0_param(store);
        X509_VERIFY_PARAM_set_time(parameters, (time_t)at);
        X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
        genuine = OCSP_basic_verify(basic, certificates, store, 0) == 1;
    }
    sk_X509_free(certificates);
    X509_STORE_free(store);
    return genuine;
}

static mitre_status mitre_judge_response(OCSP_BASICRESP *basic, X509 *x509, X509 *issuer, int64_t at, int64_t *revoked_at) {
    if (!mitre_is_genuine(basic, issuer, at)) return MITRE_STATUS_BAD_SIGNATURE;
    mitre_status result = MITRE_STATUS_NOT_COVERED;
    for (int i = 0; i < OCSP_resp_count(basic); i++) {
        OCSP_SINGLERESP *single = OCSP_resp_get0(basic, i);
        const OCSP_CERTID *theirs = OCSP_SINGLERESP_get0_id(single);
        ASN1_OBJECT *digest = NULL;
        if (!OCSP_id_get0_info(NULL, &digest, NULL, NULL, (OCSP_CERTID *)theirs)) continue;
        const EVP_MD *method = EVP_get_digestbyobj(digest);
        OCSP_CERTID *ours = method ? OCSP_cert_to_id(method, x509, issuer) : NULL;
        int same = ours && OCSP_id_cmp(ours, theirs) == 0;
        OCSP_CERTID_free(ours);
        if (!same) continue;
        int reason;
        ASN1_GENERALIZEDTIME *revoked = NULL;
        ASN1_GENERALIZEDTIME *this_update = NULL;
        ASN1_GENERALIZEDTIME *next_update = NULL;
        int status = OCSP_single_get0_status(single, &reason, &revoked, &this_update, &next_update);
        if (status == V_OCSP_CERTSTATUS_REVOKED) {
            mitre_seconds(revoked, revoked_at);
            return MITRE_STATUS_REVOKED;
        }
        int64_t start = 0;
        int64_t end = 0;
        if (!mitre_seconds(this_update, &start) || start > at) return MITRE_STATUS_STALE;
        if (next_update && (!mitre_seconds(next_update, &end) || end < at)) return MITRE_STATUS_STALE;
        result = status == V_OCSP_CERTSTATUS_GOOD ? MITRE_STATUS_GOOD : MITRE_STATUS_NOT_COVERED;
    }
    return result;
}

mitre_status mitre_ocsp_status(
    const uint8_t *response,
    size_t length,
    const mitre_certificate *certificate,
    const mitre_certificate *issuer,
    int64_t at,
    int64_t *revoked_at
) {
    *revoked_at = 0;
    if (!response || length == 0 || length > LONG_MAX) return MITRE_STATUS_UNREADABLE;
    const unsigned char *cursor = response;
    OCSP_RESPONSE *parsed = d2i_OCSP_RESPONSE(NULL, &cursor, (long)length);
    OCSP_BASICRESP *basic = NULL;
    if (parsed && OCSP_response_status(parsed) == OCSP_RESPONSE_STATUS_SUCCESSFUL) basic = OCSP_response_get1_basic(parsed);
    mitre_status status = MITRE_STATUS_UNREADABLE;
    if (basic) status = mitre_judge_response(basic, certificate->x509, issuer->x509, at, revoked_at);
    OCSP_BASICRESP_free(basic);
    OCSP_RESPONSE_free(parsed);
    ERR_clear_error();
    return status;
}
