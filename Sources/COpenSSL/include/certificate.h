// Reading certificates, and OpenSSL's verifier over a chain that was presented, collecting every error.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// One certificate, with its lists read out. It is not changed after it was parsed, so threads may share it.
typedef struct mitre_certificate mitre_certificate;

/// What a certificate says of itself, in numbers.
typedef struct {
    int64_t not_before;  // seconds since 1970
    int64_t not_after;
    int has_valid_times;
    int version;  // 1, 2 or 3
    int has_basic_constraints;
    int is_authority;
    int64_t path_length;  // -1: none given
    int has_key_usage;
    uint32_t key_usage;  // KU_… of x509v3.h
    int has_extended_key_usage;
    int has_alternative_names;
    int has_other_alternative_names;  // other than DNS names and addresses
    int has_authority_key_id;  // the key identifier itself
    int has_subject_key_id;
    int subject_entries;
    int serial_bytes;  // length of the value in DER; 0 for a serial of zero
    int serial_is_negative;
    int key_bits;  // 0: not readable
    int key_has_explicit_curve;
    int has_unreadable_extension;
    int signature_algorithms_agree;  // inside and outside of what is signed
    int is_self_issued;
} mitre_certificate_facts;

/// The lists of a certificate.
enum {
    MITRE_DNS_NAMES = 0,
    MITRE_ADDRESSES = 1,  // 4 or 16 bytes each
    MITRE_COMMON_NAMES = 2,  // UTF-8, in the order of the subject
    MITRE_EXTENDED_KEY_USAGES = 3,  // object identifiers in dots
    MITRE_CA_ISSUERS = 4,  // URLs
    MITRE_CRL_URLS = 5,
    MITRE_EXTENSIONS = 6,  // object identifiers, a critical one with "!" in front
    MITRE_MAIL_NAMES = 7,
    MITRE_EXCLUDED_OR_PERMITTED = 8,  // name constraints: "+dns:x", "-dns:x", "+other", "-ip:…" with hexadecimal
    MITRE_LISTS = 9
};

/// Reads one certificate that fills the bytes exactly; NULL for anything else.
mitre_certificate *mitre_certificate_parse(const uint8_t *der, size_t length);
void mitre_certificate_free(mitre_certificate *certificate);
mitre_certificate_facts mitre_certificate_read(const mitre_certificate *certificate);
size_t mitre_certificate_count(const mitre_certificate *certificate, int list);
/// Borrowed: lives as long as the certificate. A NUL inside the value is part of it.
const uint8_t *mitre_certificate_item(const mitre_certificate *certificate, int list, size_t index, size_t *length);

/// Texts that the caller frees with mitre_free; NULL when there is none.
char *mitre_certificate_subject(const mitre_certificate *certificate);
char *mitre_certificate_issuer(const mitre_certificate *certificate);
char *mitre_certificate_serial(const mitre_certificate *certificate);
char *mitre_certificate_key_type(const mitre_certificate *certificate);
char *mitre_certificate_curve(const mitre_certificate *certificate);
char *mitre_certificate_signature(const mitre_certificate *certificate);
char *mitre_certificate_digest(const mitre_certificate *certificate);
/// The subjectPublicKeyInfo in DER, for mitre_free.
uint8_t *mitre_certificate_public_key(const mitre_certificate *certificate, size_t *length);
uint8_t *mitre_certificate_der(const mitre_certificate *certificate, size_t *length);
void mitre_free(void *memory);

/// Whether the issuer's name is the other's subject, by the rules of RFC 5280 7.1.
int mitre_certificate_names_issuer(const mitre_certificate *certificate, const mitre_certificate *issuer);
/// Whether the signature verifies with the other's key.
int mitre_certificate_is_signed_by(const mitre_certificate *certificate, const mitre_certificate *issuer);

/// Certificates that are believed; safe to share between threads once it is filled.
typedef struct mitre_trust mitre_trust;
mitre_trust *mitre_trust_create(void);
int mitre_trust_add(mitre_trust *trust, const mitre_certificate *certificate);
void mitre_trust_free(mitre_trust *trust);

enum { MITRE_PURPOSE_ANY = 0, MITRE_PURPOSE_SERVER = 1, MITRE_PURPOSE_CLIENT = 2 };
enum {
    MITRE_VERIFY_STRICT = 1,  // also what RFC 5280 asks of those who issue certificates
    MITRE_VERIFY_PARTIAL = 2  // a believed certificate ends the path, be it self-signed or not
};

typedef struct mitre_verification mitre_verification;

/// Builds a path from the first of the presented certificates and notes every error on it.
///
/// The path has at most ten certificates between the ends, so the work is bounded. NULL when memory ran out.
mitre_verification *mitre_verify(
    const mitre_trust *trust,
    const mitre_certificate *const *presented,
    size_t count,
    int64_t at,
    int purpose,
    int flags
);
void mitre_verification_free(mitre_verification *verification);
size_t mitre_verification_errors(const mitre_verification *verification);
/// One of X509_V_ERR_…, and the depth at which it was found: 0 is the first certificate.
int mitre_verification_error(const mitre_verification *verification, size_t index, int *depth);
size_t mitre_verification_path(const mitre_verification *verification);
/// Borrowed DER of the certificate at a depth of the path.
const uint8_t *mitre_verification_certificate(const mitre_verification *verification, size_t depth, size_t *length);
/// OpenSSL's words for an error; static.
const char *mitre_error_text(int code);

typedef enum {
    MITRE_STATUS_GOOD = 0,
    MITRE_STATUS_REVOKED = 1,
    MITRE_STATUS_UNREADABLE = 2,
    MITRE_STATUS_WRONG_ISSUER = 3,
    MITRE_STATUS_BAD_SIGNATURE = 4,
    MITRE_STATUS_STALE = 5,
    MITRE_STATUS_NOT_COVERED = 6
} mitre_status;

/// What a revocation list says of a certificate, and when it was revoked.
///
/// `list` is the list in DER with only those entries that are of the certificate's serial number; `whole` is the signed part
/// of the list as it came, over which its signature is checked.
mitre_status mitre_crl_excerpt_status(
    const uint8_t *list,
    size_t length,
    const uint8_t *whole,
    size_t whole_length,
    const mitre_certificate *certificate,
    const mitre_certificate *issuer,
    int64_t at,
    int64_t *revoked_at
);
void mitre_sha256(const uint8_t *bytes, size_t length, uint8_t digest[32]);
/// What an OCSP response that came with the handshake says of a certificate.
mitre_status mitre_ocsp_status(
    const uint8_t *response,
    size_t length,
    const mitre_certificate *certificate,
    const mitre_certificate *issuer,
    int64_t at,
    int64_t *revoked_at
);
