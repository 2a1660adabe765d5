#define _GNU_SOURCE
#include "certificate_internal.h"

#include <limits.h>
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

int mitre_list_add(mitre_list *list, const void *bytes, size_t length) {
    if (list->count >= MITRE_MAXIMUM_ITEMS) return 0;
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 8;
        uint8_t **items = OPENSSL_realloc(list->items, capacity * sizeof *items);
        if (!items) return 0;
        list->items = items;
        size_t *lengths = OPENSSL_realloc(list->lengths, capacity * sizeof *lengths);
        if (!lengths) return 0;
        list->lengths = lengths;
        list->capacity = capacity;
    }
    uint8_t *copy = OPENSSL_malloc(length + 1);
    if (!copy) return 0;
    if (length) memcpy(copy, bytes, length);
    copy[length] = 0;
    list->items[list->count] = copy;
    list->lengths[list->count] = length;
    list->count++;
    return 1;
}

void mitre_list_clear(mitre_list *list) {
    for (size_t i = 0; i < list->count; i++) OPENSSL_free(list->items[i]);
    OPENSSL_free(list->items);
    OPENSSL_free(list->lengths);
}

int mitre_seconds(const ASN1_TIME *time, int64_t *seconds) {
    struct tm parts;
    memset(&parts, 0, sizeof parts);
    if (!time || !ASN1_TIME_to_tm(time, &parts)) return 0;
    *seconds = (int64_t)timegm(&parts);
    return 1;
}

void mitre_free(void *memory) { OPENSSL_free(memory); }

static void mitre_add_object(mitre_list *list, const ASN1_OBJECT *object, int critical) {
    char text[128];
    text[0] = '!';
    int written = OBJ_obj2txt(text + 1, sizeof text - 1, object, 1);
    if (written <= 0 || written >= (int)sizeof text - 1) {
        mitre_list_add(list, "unreadable", 10);
        return;
    }
    mitre_list_add(list, critical ? text : text + 1, (size_t)written + (critical ? 1 : 0));
}

/// A decoded extension; NULL when it is absent, and then, or when it does not decode or occurs twice, `problem` says so.
static void *mitre_extension(mitre_certificate *certificate, int nid) {
    int critical = -1;
    void *decoded = X509_get_ext_d2i(certificate->x509, nid, &critical, NULL);
    if (!decoded && critical != -1) certificate->has_unreadable_extension = 1;
    return decoded;
}

static void mitre_read_alternative_names(mitre_certificate *certificate) {
    GENERAL_NAMES *names = mitre_extension(certificate, NID_subject_alt_name);
    if (X509_get_ext_by_NID(certificate->x509, NID_subject_alt_name, -1) >= 0) certificate->has_alternative_names = 1;
    if (!names) return;
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        int type;
        ASN1_STRING *value = GENERAL_NAME_get0_value(name, &type);
        switch (type) {
        case GEN_DNS:
            mitre_list_add(&certificate->lists[MITRE_DNS_NAMES], ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value));
            break;
        case GEN_IPADD:
            mitre_list_add(&certificate->lists[MITRE_ADDRESSES], ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value));
            break;
        case GEN_EMAIL:
            mitre_list_add(&certificate->lists[MITRE_MAIL_NAMES], ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value));
            break;
        default: certificate->has_other_alternative_names = 1;
        }
    }
    GENERAL_NAMES_free(names);
}

static void mitre_read_common_names(mitre_certificate *certificate) {
    const X509_NAME *subject = X509_get_subject_name(certificate->x509);
    int index = -1;
    while ((index = X509_NAME_get_index_by_NID((X509_NAME *)subject, NID_commonName, index)) >= 0) {
        const ASN1_STRING *value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, index));
        unsigned char *text = NULL;
        int length = ASN1_STRING_to_UTF8(&text, value);
        if (length >= 0) mitre_list_add(&certificate->lists[MITRE_COMMON_NAMES], text, (size_t)length);
        OPENSSL_free(text);
    }
}

static void mitre_read_usages(mitre_certificate *certificate) {
    EXTENDED_KEY_USAGE *usages = mitre_extension(certificate, NID_ext_key_usage);
    if (!usages) return;
    for (int i = 0; i < sk_ASN1_OBJECT_num(usages); i++) {
        mitre_add_object(&certificate->lists[MITRE_EXTENDED_KEY_USAGES], sk_ASN1_OBJECT_value(usages, i), 0);
    }
    EXTENDED_KEY_USAGE_free(usages);
}

static void mitre_add_url(mitre_list *list, const GENERAL_NAME *name) {
    int type;
    ASN1_STRING *value = GENERAL_NAME_get0_value(name, &type);
    if (type == GEN_URI) mitre_list_add(list, ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value));
}

static void mitre_read_urls(mitre_certificate *certificate) {
    AUTHORITY_INFO_ACCESS *access = mitre_extension(certificate, NID_info_access);
    for (int i = 0; access && i < sk_ACCESS_DESCRIPTION_num(access); i++) {
        const ACCESS_DESCRIPTION *description = sk_ACCESS_DESCRIPTION_value(access, i);
        if (OBJ_obj2nid(description->method) == NID_ad_ca_issuers) {
            mitre_add_url(&certificate->lists[MITRE_CA_ISSUERS], description->location);
        }
    }
    AUTHORITY_INFO_ACCESS_free(access);
    CRL_DIST_POINTS *points = mitre_extension(certificate, NID_crl_distribution_points);
    for (int i = 0; points && i < sk_DIST_POINT_num(points); i++) {
        const DIST_POINT *point = sk_DIST_POINT_value(points, i);
        if (!point->distpoint || point->distpoint->type != 0) continue;
        const GENERAL_NAMES *names = point->distpoint->name.fullname;
        for (int j = 0; j < sk_GENERAL_NAME_num(names); j++) {
            mitre_add_url(&certificate->lists[MITRE_CRL_URLS], sk_GENERAL_NAME_value(names, j));
        }
    }
    CRL_DIST_POINTS_free(points);
}

static void mitre_read_subtrees(mitre_list *list, const STACK_OF(GENERAL_SUBTREE) *subtrees, char sign) {
    for (int i = 0; subtrees && i < sk_GENERAL_SUBTREE_num(subtrees); i++) {
        const GENERAL_SUBTREE *subtree = sk_GENERAL_SUBTREE_value(subtrees, i);
        int type;
        void *value = GENERAL_NAME_get0_value(subtree->base, &type);
        char text[600];
        int length = 0;
        if (type == GEN_DNS || type == GEN_EMAIL || type == GEN_URI) {
            const ASN1_STRING *string = value;
            const char *label = type == GEN_DNS ? "dns" : type == GEN_EMAIL ? "mail" : "uri";
            length = snprintf(text, sizeof text, "%c%s:%.*s", sign, label, ASN1_STRING_length(string), ASN1_STRING_get0_data(string));
        } else if (type == GEN_IPADD) {
            const ASN1_STRING *string = value;
            length = snprintf(text, sizeof text, "%cip:", sign);
            for (int j = 0; j < ASN1_STRING_length(string) && length < (int)sizeof text - 3; j++) {
                length += snprintf(text + length, sizeof text - (size_t)length, "%02x", ASN1_STRING_get0_data(string)[j]);
            }
        } else {
            length = snprintf(text, sizeof text, "%c%s", sign, type == GEN_DIRNAME ? "directory" : "other");
        }
        if (length >= (int)sizeof text) length = (int)sizeof text - 1;
        mitre_list_add(list, text, (size_t)length);
    }
}

static void mitre_read_constraints(mitre_certificate *certificate) {
    NAME_CONSTRAINTS *constraints = mitre_extension(certificate, NID_name_constraints);
    if (!constraints) return;
    mitre_list *list = &certificate->lists[MITRE_EXCLUDED_OR_PERMITTED];
    mitre_read_subtrees(list, constraints->permittedSubtrees, '+');
    mitre_read_subtrees(list, constraints->excludedSubtrees, '-');
    NAME_CONSTRAINTS_free(constraints);
}

static void mitre_read_extensions(mitre_certificate *certificate) {
    for (int i = 0; i < X509_get_ext_count(certificate->x509); i++) {
        X509_EXTENSION *extension = X509_get_ext(certificate->x509, i);
        mitre_add_object(
            &certificate->lists[MITRE_EXTENSIONS],
            X509_EXTENSION_get_object(extension),
            X509_EXTENSION_get_critical(extension)
        );
    }
    // Asking for the flags makes OpenSSL read the extensions now, on one thread, and keep what it read.
    if (X509_get_extension_flags(certificate->x509) & EXFLAG_INVALID) certificate->has_unreadable_extension = 1;
}

mitre_certificate *mitre_certificate_parse(const uint8_t *der, size_t length) {
    if (!der || length == 0 || length > LONG_MAX) return NULL;
    const unsigned char *cursor = der;
    X509 *x509 = d2i_X509(NULL, &cursor, (long)length);
    if (!x509 || cursor != der + length) {
        X509_free(x509);
        ERR_clear_error();
        return NULL;
    }
    mitre_certificate *certificate = OPENSSL_zalloc(sizeof *certificate);
    if (!certificate) {
        X509_free(x509);
        return NULL;
    }
    certificate->x509 = x509;
    mitre_read_extensions(certificate);
    mitre_read_alternative_names(certificate);
    mitre_read_common_names(certificate);
    mitre_read_usages(certificate);
    mitre_read_urls(certificate);
    mitre_read_constraints(certificate);
    ERR_clear_error();
    return certificate;
}

void mitre_certificate_free(mitre_certificate *certificate) {
    if (!certificate) return;
    for (int i = 0; i < MITRE_LISTS; i++) mitre_list_clear(&certificate->lists[i]);
    X509_free(certificate->x509);
    OPENSSL_free(certificate);
}

static void mitre_read_key(const X509 *x509, mitre_certificate_facts *facts) {
    const EVP_PKEY *key = X509_get0_pubkey(x509);
    if (!key) return;
    facts->key_bits = EVP_PKEY_get_bits(key);
    int is_explicit = 0;
    if (EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &is_explicit)) {
        facts->key_has_explicit_curve = is_explicit;
    }
}

mitre_certificate_facts mitre_certificate_read(const mitre_certificate *certificate) {
    mitre_certificate_facts facts;
    memset(&facts, 0, sizeof facts);
    X509 *x509 = certificate->x509;
    uint32_t flags = X509_get_extension_flags(x509);
    facts.has_valid_times = mitre_seconds(X509_get0_notBefore(x509), &facts.not_before)
        && mitre_seconds(X509_get0_notAfter(x509), &facts.not_after);
    facts.version = (int)X509_get_version(x509) + 1;
    facts.has_basic_constraints = (flags & EXFLAG_BCONS) != 0;
    facts.is_authority = (flags & EXFLAG_CA) != 0;
    facts.path_length = facts.has_basic_constraints ? X509_get_pathlen(x509) : -1;
    facts.has_key_usage = (flags & EXFLAG_KUSAGE) != 0;
    facts.key_usage = facts.has_key_usage ? X509_get_key_usage(x509) : 0;
    facts.has_extended_key_usage = X509_get_ext_by_NID(x509, NID_ext_key_usage, -1) >= 0;
    facts.has_alternative_names = certificate->has_alternative_names;
    facts.has_other_alternative_names = certificate->has_other_alternative_names;
    facts.has_authority_key_id = X509_get0_authority_key_id(x509) != NULL;
    facts.has_subject_key_id = X509_get0_subject_key_id(x509) != NULL;
    facts.subject_entries = X509_NAME_entry_count(X509_get_subject_name(x509));
    const ASN1_INTEGER *serial = X509_get0_serialNumber(x509);
    facts.serial_is_negative = ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER;
    BIGNUM *number = ASN1_INTEGER_to_BN(serial, NULL);
    if (number) {
        int bits = BN_num_bits(number);
        facts.serial_bytes = bits == 0 ? 0 : bits / 8 + 1;  // DER keeps the first bit for the sign
        BN_free(number);
    }
    mitre_read_key(x509, &facts);
    facts.has_unreadable_extension = certificate->has_unreadable_extension;
    const X509_ALGOR *outer;
    X509_get0_signature(NULL, &outer, x509);
    facts.signature_algorithms_agree = X509_ALGOR_cmp(outer, X509_get0_tbs_sigalg(x509)) == 0;
    facts.is_self_issued = X509_NAME_cmp(X509_get_subject_name(x509), X509_get_issuer_name(x509)) == 0;
    ERR_clear_error();
    return facts;
}

size_t mitre_certificate_count(const mitre_certificate *certificate, int list) {
    return list >= 0 && list < MITRE_LISTS ? certificate->lists[list].count : 0;
}

const uint8_t *mitre_certificate_item(const mitre_certificate *certificate, int list, size_t index, size_t *length) {
    *length = 0;
    if (index >= mitre_certificate_count(certificate, list)) return NULL;
    *length = certificate->lists[list].lengths[index];
    return certificate->lists[list].items[index];
}

static char *mitre_text_of_bio(BIO *bio) {
    char *data = NULL;
    long length = BIO_get_mem_data(bio, &data);
    char *text = length >= 0 ? OPENSSL_malloc((size_t)length + 1) : NULL;
    if (text) {
        if (length) memcpy(text, data, (size_t)length);
        text[length] = 0;
    }
    return text;
}

static char *mitre_name_text(const X509_NAME *name) {
    BIO *bio = BIO_new(BIO_s_mem());
    if (!bio) return NULL;
    // UTF-8 with controls escaped, the most specific part first (RFC 2253).
    unsigned long flags = (XN_FLAG_RFC2253 & ~(ASN1_STRFLGS_ESC_MSB | XN_FLAG_SEP_MASK)) | XN_FLAG_SEP_CPLUS_SPC;
    char *text = X509_NAME_print_ex(bio, name, 0, flags) >= 0 ? mitre_text_of_bio(bio) : NULL;
    BIO_free(bio);
    ERR_clear_error();
    return text;
}

char *mitre_certificate_subject(const mitre_certificate *certificate) {
    return mitre_name_text(X509_get_subject_name(certificate->x509));
}

char *mitre_certificate_issuer(const mitre_certificate *certificate) {
    return mitre_name_text(X509_get_issuer_name(certificate->x509));
}

char *mitre_certificate_serial(const mitre_certificate *certificate) {
    BIGNUM *number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate->x509), NULL);
    if (!number) return NULL;
    char *text = BN_bn2hex(number);
    BN_free(number);
    return text;
}

static char *mitre_object_name(int nid, const ASN1_OBJECT *object) {
    if (nid != NID_undef) return OPENSSL_strdup(OBJ_nid2sn(nid));
    char text[128];
    if (!object || OBJ_obj2txt(text, sizeof text, object, 1) <= 0) return NULL;
    return OPENSSL_strdup(text);
}

char *mitre_certificate_key_type(const mitre_certificate *certificate) {
    ASN1_OBJECT *algorithm = NULL;
    X509_PUBKEY *key = X509_get_X509_PUBKEY(certificate->x509);
    if (!key || !X509_PUBKEY_get0_param(&algorithm, NULL, NULL, NULL, key)) return NULL;
    return mitre_object_name(OBJ_obj2nid(algorithm), algorithm);
}

char *mitre_certificate_curve(const mitre_certificate *certificate) {
    const EVP_PKEY *key = X509_get0_pubkey(certificate->x509);
    char name[64];
    size_t length = 0;
    char *text = NULL;
    if (key && EVP_PKEY_get_base_id(key) == EVP_PKEY_EC && EVP_PKEY_get_group_name(key, name, sizeof name, &length)) {
        text = OPENSSL_strdup(name);
    }
    ERR_clear_error();
    return text;
}

char *mitre_certificate_signature(const mitre_certificate *certificate) {
    const X509_ALGOR *algorithm;
    const ASN1_OBJECT *object;
    X509_get0_signature(NULL, &algorithm, certificate->x509);
    X509_ALGOR_get0(&object, NULL, NULL, algorithm);
    return mitre_object_name(OBJ_obj2nid(object), object);
}

char *mitre_certificate_digest(const mitre_certificate *certificate) {
    int digest = NID_undef;
    if (!X509_get_signature_info(certificate->x509, &digest, NULL, NULL, NULL) || digest == NID_undef) {
        // Some old algorithms are not in that table of OpenSSL, but in this one.
        if (!OBJ_find_sigid_algs(X509_get_signature_nid(certificate->x509), &digest, NULL)) digest = NID_undef;
    }
    ERR_clear_error();
    return digest == NID_undef ? NULL : OPENSSL_strdup(OBJ_nid2sn(digest));
}

uint8_t *mitre_certificate_public_key(const mitre_certificate *certificate, size_t *length) {
    unsigned char *bytes = NULL;
    int count = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate->x509), &bytes);
    *length = count > 0 ? (size_t)count : 0;
    return bytes;
}

uint8_t *mitre_certificate_der(const mitre_certificate *certificate, size_t *length) {
    unsigned char *bytes = NULL;
    int count = i2d_X509(certificate->x509, &bytes);
    *length = count > 0 ? (size_t)count : 0;
    return bytes;
}

int mitre_certificate_names_issuer(const mitre_certificate *certificate, const mitre_certificate *issuer) {
    return X509_NAME_cmp(X509_get_issuer_name(certificate->x509), X509_get_subject_name(issuer->x509)) == 0;
}

int mitre_certificate_is_signed_by(const mitre_certificate *certificate, const mitre_certificate *issuer) {
    EVP_PKEY *key = X509_get0_pubkey(issuer->x509);
    int verified = key && X509_verify(certificate->x509, key) == 1;
    ERR_clear_error();
    return verified;
}

