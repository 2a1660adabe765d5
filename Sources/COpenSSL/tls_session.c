#include "tls_session.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_CERTIFICATES = 16,
    LONGEST_CERTIFICATE = 64 * 1024,
    MOST_CHAIN = 128 * 1024,  // OpenSSL takes 100 KB unless told otherwise, and Schannel 32 KiB
    LONGEST_OCSP = 64 * 1024,
    HANDSHAKE_CERTIFICATE = 11,  // RFC 8446 4
    HANDSHAKE_CONTENT = 22,
};

struct mitre_tls_context {
    SSL_CTX *raw;
};

typedef struct {
    uint8_t *bytes;
    size_t count;
} blob;

struct mitre_tls_session {
    SSL *ssl;
    BIO *input;   // owned by ssl
    BIO *output;  // owned by ssl
    blob certificates[MOST_CERTIFICATES];
    size_t certificate_count;
    size_t certificates_presented;
    int alert_received;
    int alert_sent;
    int certificate_requested;
    int is_chain_too_long;
    char error[160];
};

// The RSA suites of Microsoft's "Technical reference details about encryption", in its order, and the ECDSA twins of the
// first four, which Schannel has and the page leaves out.
static const char exo_suites[] =
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-SHA384:ECDHE-RSA-AES128-SHA256:"
    "ECDHE-RSA-AES256-SHA:ECDHE-RSA-AES128-SHA:AES256-GCM-SHA384:AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-SHA384:"
    "ECDHE-ECDSA-AES128-SHA256:@SECLEVEL=0";

// What Schannel offers: neither Ed25519, Ed448 nor X448, and no keys of the kind RSASSA-PSS.
// Source: "TLS Elliptic Curves in Windows 10 version 1607 and later", and the signature algorithms of its ClientHello.
static const char exo_groups[] = "X25519:P-256:P-384";
static const char exo_signatures[] =
    "RSA-PSS+SHA256:RSA-PSS+SHA384:RSA-PSS+SHA512:RSA+SHA256:RSA+SHA384:RSA+SHA1:"
    "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA1:RSA+SHA512:ECDSA+SHA512";

static void keep_certificate(mitre_tls_session *session, const uint8_t *bytes, size_t count) {
    session->certificates_presented += 1;
    // What is kept is the beginning of the chain, without a gap.
    if (session->certificate_count + 1 != session->certificates_presented) return;
    if (session->certificate_count == MOST_CERTIFICATES || count == 0 || count > LONGEST_CERTIFICATE) return;
    uint8_t *copy = malloc(count);
    if (copy == NULL) return;
    memcpy(copy, bytes, count);
    session->certificates[session->certificate_count++] = (blob){copy, count};
}

static size_t length24(const uint8_t *bytes) {
    return (size_t)bytes[0] << 16 | (size_t)bytes[1] << 8 | bytes[2];
}

static void forget_certificates(mitre_tls_session *session) {
    for (size_t i = 0; i < session->certificate_count; i++) free(session->certificates[i].bytes);
    session->certificate_count = 0;
    session->certificates_presented = 0;
}

/// Reads the list out of a Certificate message (RFC 5246 7.4.2; RFC 8446 4.4.2), whatever the certificates are worth.
static void read_certificates(mitre_tls_session *session, const uint8_t *bytes, size_t count, int has_extensions) {
    if (session->certificates_presented > 0) return;
    size_t at = 4;  // type and length of the message
    if (has_extensions) {
        if (count < at + 1) return;
        at += 1 + (size_t)bytes[at];  // request context
    }
    if (count < at + 3) return;
    size_t end = at + 3 + length24(bytes + at);
    at += 3;
    if (end > count) end = count;
    while (end - at >= 3 && at < end) {
        size_t length = length24(bytes + at);
        at += 3;
        if (length > end - at) return;
        keep_certificate(session, bytes + at, length);
        at += length;
        if (has_extensions) {
            if (end - at < 2) return;
            size_t extensions = (size_t)bytes[at] << 8 | bytes[at + 1];
            at += 2;
            if (extensions > end - at) return;
            at += extensions;
        }
    }
}

static void note_message(
    int is_sent, int version, int content, const void *bytes, size_t count, SSL *ssl, void *argument
) {
    (void)version;
    (void)argument;
    mitre_tls_session *session = SSL_get_app_data(ssl);
    if (session == NULL || is_sent || content != HANDSHAKE_CONTENT || count < 4) return;
    if (((const uint8_t *)bytes)[0] == HANDSHAKE_CERTIFICATE)
        read_certificates(session, bytes, count, SSL_version(ssl) >= TLS1_3_VERSION);
}

static void note_alert(const SSL *ssl, int where, int value) {
    mitre_tls_session *session = SSL_get_app_data(ssl);
    if (session == NULL || !(where & SSL_CB_ALERT)) return;
    int alert = value & 0xff;
    int is_warning = (value >> 8) == SSL3_AL_WARNING && SSL_version(ssl) < TLS1_3_VERSION;
    if (alert == SSL_AD_CLOSE_NOTIFY || is_warning) return;
    if (where & SSL_CB_READ) session->alert_received = alert;
    if (where & SSL_CB_WRITE) session->alert_sent = alert;
}

static int note_certificate_request(SSL *ssl, X509 **certificate, EVP_PKEY **key) {
    (void)certificate;
    (void)key;
    mitre_tls_session *session = SSL_get_app_data(ssl);
    if (session != NULL) session->certificate_requested = 1;
    return 0;  // none is sent
}

/// Takes any chain without building a path: the judge does that, from the record.
static int accept_any(X509_STORE_CTX *store, void *argument) {
    (void)argument;
    X509_STORE_CTX_set_error(store, X509_V_OK);
    return 1;
}

static int configure(SSL_CTX *raw, mitre_tls_profile profile) {
    if (profile != MITRE_TLS_DIAGNOSTIC) {
        if (!SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION)) return 0;
        if (!SSL_CTX_set_cipher_list(raw, exo_suites)) return 0;
        if (!SSL_CTX_set1_groups_list(raw, exo_groups)) return 0;
        if (!SSL_CTX_set1_sigalgs_list(raw, exo_signatures)) return 0;
    } else {
        if (!SSL_CTX_set_min_proto_version(raw, TLS1_VERSION)) return 0;
        if (!SSL_CTX_set_cipher_list(raw, "ALL:COMPLEMENTOFALL:!PSK:!SRP:+aNULL:+eNULL:@SECLEVEL=0")) return 0;
    }
    int newest = profile == MITRE_TLS_EXO_WITHOUT_13 ? TLS1_2_VERSION : TLS1_3_VERSION;
    if (!SSL_CTX_set_max_proto_version(raw, newest)) return 0;
    // Schannel talks to servers without RFC 5746 and OpenSSL 3 would not; nothing is renegotiated here either way.
    SSL_CTX_set_options(raw, SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE);
    SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_max_cert_list(raw, MOST_CHAIN);
    SSL_CTX_set_verify(raw, SSL_VERIFY_NONE, NULL);
    SSL_CTX_set_cert_verify_callback(raw, accept_any, NULL);
    SSL_CTX_set_client_cert_cb(raw, note_certificate_request);
    SSL_CTX_set_msg_callback(raw, note_message);
    SSL_CTX_set_info_callback(raw, note_alert);
    return SSL_CTX_set_tlsext_status_type(raw, TLSEXT_STATUSTYPE_ocsp) == 1;
}

mitre_tls_context *mitre_tls_context_new(mitre_tls_profile profile) {
    mitre_tls_context *context = calloc(1, sizeof *context);
    if (context == NULL) return NULL;
    context->raw = SSL_CTX_new(TLS_client_method());
    if (context->raw == NULL || !configure(context->raw, profile)) {
        mitre_tls_context_free(context);
        ERR_clear_error();
        return NULL;
    }
    return context;
}

void mitre_tls_context_free(mitre_tls_context *context) {
    if (context == NULL) return;
    SSL_CTX_free(context->raw);
    free(context);
}

mitre_tls_session *mitre_tls_session_new(mitre_tls_context *context, const char *sni) {
    mitre_tls_session *session = calloc(1, sizeof *session);
    if (session == NULL) return NULL;
    session->alert_received = -1;
    session->alert_sent = -1;
    session->ssl = SSL_new(context->raw);
    BIO *input = BIO_new(BIO_s_mem());
    BIO *output = BIO_new(BIO_s_mem());
    if (session->ssl == NULL || input == NULL || output == NULL) {
        BIO_free(input);
        BIO_free(output);
        mitre_tls_session_free(session);
        return NULL;
    }
    session->input = input;
    session->output = output;
    SSL_set_bio(session->ssl, input, output);
    SSL_set_app_data(session->ssl, session);
    SSL_set_connect_state(session->ssl);
    if (sni != NULL && !SSL_set_tlsext_host_name(session->ssl, sni)) {
        mitre_tls_session_free(session);
        return NULL;
    }
    return session;
}

void mitre_tls_session_free(mitre_tls_session *session) {
    if (session == NULL) return;
    SSL_free(session->ssl);
    forget_certificates(session);
    free(session);
    ERR_clear_error();
}

int mitre_tls_feed(mitre_tls_session *session, const uint8_t *bytes, size_t count) {
    size_t written = 0;
    if (count == 0) return 1;
    return BIO_write_ex(session->input, bytes, count, &written) == 1 && written == count;
}

size_t mitre_tls_output(mitre_tls_session *session, uint8_t *buffer, size_t capacity) {
    size_t count = 0;
    if (BIO_ctrl_pending(session->output) == 0) return 0;
    return BIO_read_ex(session->output, buffer, capacity, &count) == 1 ? count : 0;
}

/// Keeps OpenSSL's words for the first failure, read on the thread of the call that failed.
static void note_error(mitre_tls_session *session, int code) {
    unsigned long error = ERR_get_error();
    if (ERR_GET_LIB(error) == ERR_LIB_SSL && ERR_GET_REASON(error) == SSL_R_EXCESSIVE_MESSAGE_SIZE)
        session->is_chain_too_long = 1;
    if (session->error[0] == 0) {
        const char *reason = error == 0 ? NULL : ERR_reason_error_string(error);
        if (reason != NULL) {
            snprintf(session->error, sizeof session->error, "%s", reason);
        } else {
            snprintf(session->error, sizeof session->error, "OpenSSL error %d (%lx)", code, error);
        }
    }
    ERR_clear_error();
}

static mitre_tls_status status_of(mitre_tls_session *session, int result) {
    int code = SSL_get_error(session->ssl, result);
    switch (code) {
    case SSL_ERROR_NONE: return MITRE_TLS_DONE;
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return MITRE_TLS_WAITING;
    case SSL_ERROR_ZERO_RETURN: return MITRE_TLS_CLOSED;
    default: note_error(session, code); return MITRE_TLS_FAILED;
    }
}

mitre_tls_status mitre_tls_handshake(mitre_tls_session *session) {
    ERR_clear_error();
    return status_of(session, SSL_do_handshake(session->ssl));
}

mitre_tls_status mitre_tls_read(mitre_tls_session *session, uint8_t *buffer, size_t capacity, size_t *count) {
    *count = 0;
    ERR_clear_error();
    return status_of(session, SSL_read_ex(session->ssl, buffer, capacity, count));
}

mitre_tls_status mitre_tls_write(mitre_tls_session *session, const uint8_t *bytes, size_t count) {
    size_t written = 0;
    while (count > 0) {
        ERR_clear_error();
        mitre_tls_status status = status_of(session, SSL_write_ex(session->ssl, bytes, count, &written));
        if (status != MITRE_TLS_DONE) return status;
        bytes += written;
        count -= written;
    }
    return MITRE_TLS_DONE;
}

void mitre_tls_close(mitre_tls_session *session) {
    ERR_clear_error();
    SSL_shutdown(session->ssl);
    ERR_clear_error();
}

const char *mitre_tls_version(const mitre_tls_session *session) {
    return SSL_get_current_cipher(session->ssl) == NULL ? NULL : SSL_get_version(session->ssl);
}

const char *mitre_tls_cipher(const mitre_tls_session *session) {
    const SSL_CIPHER *cipher = SSL_get_current_cipher(session->ssl);
    if (cipher == NULL) cipher = SSL_get_pending_cipher(session->ssl);
    return cipher == NULL ? NULL : SSL_CIPHER_get_name(cipher);
}

int mitre_tls_alert_received(const mitre_tls_session *session) { return session->alert_received; }

int mitre_tls_alert_sent(const mitre_tls_session *session) { return session->alert_sent; }

const char *mitre_tls_alert_name(int alert) { return SSL_alert_desc_string_long(alert); }

int mitre_tls_client_certificate_requested(const mitre_tls_session *session) {
    return session->certificate_requested;
}

size_t mitre_tls_certificate_count(const mitre_tls_session *session) { return session->certificate_count; }

size_t mitre_tls_certificates_presented(const mitre_tls_session *session) { return session->certificates_presented; }

const uint8_t *mitre_tls_certificate(const mitre_tls_session *session, size_t index, size_t *count) {
    *count = 0;
    if (index >= session->certificate_count) return NULL;
    *count = session->certificates[index].count;
    return session->certificates[index].bytes;
}

const uint8_t *mitre_tls_stapled_ocsp(const mitre_tls_session *session, size_t *count) {
    const unsigned char *response = NULL;
    long length = SSL_get_tlsext_status_ocsp_resp(session->ssl, &response);
    *count = length > 0 && length <= LONGEST_OCSP ? (size_t)length : 0;
    return *count > 0 ? response : NULL;
}

int mitre_tls_chain_too_long(const mitre_tls_session *session) { return session->is_chain_too_long; }

const char *mitre_tls_error(const mitre_tls_session *session) { return session->error; }
