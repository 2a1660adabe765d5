#define _GNU_SOURCE
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <time.h>

#include "certificate_internal.h"

struct mitre_trust {
    X509_STORE *store;
};

mitre_trust *mitre_trust_create(void) {
    mitre_trust *trust = OPENSSL_zalloc(sizeof *trust);
    if (!trust) return NULL;
    trust->store = X509_STORE_new();
    if (!trust->store) {
        OPENSSL_free(trust);
        return NULL;
    }
    return trust;
}

int mitre_trust_add(mitre_trust *trust, const mitre_certificate *certificate) {
    int added = X509_STORE_add_cert(trust->store, certificate->x509);
    ERR_clear_error();
    return added;
}

void mitre_trust_free(mitre_trust *trust) {
    if (!trust) return;
    X509_STORE_free(trust->store);
    OPENSSL_free(trust);
}

#define MITRE_MAXIMUM_ERRORS 64

struct mitre_verification {
    int codes[MITRE_MAXIMUM_ERRORS];
    int depths[MITRE_MAXIMUM_ERRORS];
    size_t count;
    mitre_list path;
};

/// Notes the error and goes on, so that one verification tells all that is wrong.
static int mitre_note_error(int ok, X509_STORE_CTX *context) {
    if (ok) return 1;
    mitre_verification *verification = X509_STORE_CTX_get_app_data(context);
    int code = X509_STORE_CTX_get_error(context);
    int depth = X509_STORE_CTX_get_error_depth(context);
    for (size_t i = 0; i < verification->count; i++) {
        if (verification->codes[i] == code && verification->depths[i] == depth) return 1;
    }
    if (verification->count == MITRE_MAXIMUM_ERRORS) return 0;
    verification->codes[verification->count] = code;
    verification->depths[verification->count] = depth;
    verification->count++;
    return 1;
}

static void mitre_keep_path(mitre_verification *verification, X509_STORE_CTX *context) {
    STACK_OF(X509) *path = X509_STORE_CTX_get0_chain(context);
    for (int i = 0; path && i < sk_X509_num(path); i++) {
        unsigned char *bytes = NULL;
        int length = i2d_X509(sk_X509_value(path, i), &bytes);
        if (length > 0) mitre_list_add(&verification->path, bytes, (size_t)length);
        OPENSSL_free(bytes);
    }
}

static int mitre_run(
    mitre_verification *verification,
    const mitre_trust *trust,
    X509 *leaf,
    STACK_OF(X509) *others,
    int64_t at,
    int purpose,
    int flags
) {
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    if (!context || !X509_STORE_CTX_init(context, trust->store, leaf, others)) {
        X509_STORE_CTX_free(context);
        return 0;
    }
    X509_STORE_CTX_set_app_data(context, verification);
    X509_STORE_CTX_set_verify_cb(context, mitre_note_error);
    X509_VERIFY_PARAM *parameters = X509_STORE_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_time(parameters, (time_t)at);
    X509_VERIFY_PARAM_set_depth(parameters, 10);
    X509_VERIFY_PARAM_set_auth_level(parameters, 0);
    unsigned long openssl_flags = X509_V_FLAG_TRUSTED_FIRST;
    if (flags & MITRE_VERIFY_STRICT) openssl_flags |= X509_V_FLAG_X509_STRICT;
    if (flags & MITRE_VERIFY_PARTIAL) openssl_flags |= X509_V_FLAG_PARTIAL_CHAIN;
    X509_VERIFY_PARAM_set_flags(parameters, openssl_flags);
    if (purpose == MITRE_PURPOSE_SERVER) X509_STORE_CTX_set_purpose(context, X509_PURPOSE_SSL_SERVER);
    if (purpose == MITRE_PURPOSE_CLIENT) X509_STORE_CTX_set_purpose(context, X509_PURPOSE_SSL_CLIENT);
    int verified = X509_verify_cert(context);
    if (verified <= 0 && verification->count == 0) {
        int code = X509_STORE_CTX_get_error(context);
        verification->codes[0] = code == X509_V_OK ? X509_V_ERR_UNSPECIFIED : code;
        verification->depths[0] = X509_STORE_CTX_get_error_depth(context);
        verification->count = 1;
    }
    mitre_keep_path(verification, context);
    X509_STORE_CTX_free(context);
    return 1;
}

mitre_verification *mitre_verify(
    const mitre_trust *trust,
    const mitre_certificate *const *presented,
    size_t count,
    int64_t at,
    int purpose,
    int flags
) {
    if (count == 0) return NULL;
    mitre_verification *verification = OPENSSL_zalloc(sizeof *verification);
    STACK_OF(X509) *others = sk_X509_new_null();
    int ok = verification && others;
    for (size_t i = 1; ok && i < count; i++) ok = sk_X509_push(others, presented[i]->x509) > 0;
    if (ok) ok = mitre_run(verification, trust, presented[0]->x509, others, at, purpose, flags);
    sk_X509_free(others);
    ERR_clear_error();
    if (ok) return verification;
    mitre_verification_free(verification);
    return NULL;
}

void mitre_verification_free(mitre_verification *verification) {
    if (!verification) return;
    mitre_list_clear(&verification->path);
    OPENSSL_free(verification);
}

size_t mitre_verification_errors(const mitre_verification *verification) { return verification->count; }

int mitre_verification_error(const mitre_verification *verification, size_t index, int *depth) {
    *depth = verification->depths[index];
    return verification->codes[index];
}

size_t mitre_verification_path(const mitre_verification *verification) { return verification->path.count; }

const uint8_t *mitre_verification_certificate(const mitre_verification *verification, size_t depth, size_t *length) {
    *length = 0;
    if (depth >= verification->path.count) return NULL;
    *length = verification->path.lengths[depth];
    return verification->path.items[depth];
}

const char *mitre_error_text(int code) { return X509_verify_cert_error_string(code); }
