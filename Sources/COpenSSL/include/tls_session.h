// One TLS client handshake over memory, and the record of it: nothing is verified here, everything is kept.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// What a handshake offers.
typedef enum {
    /// What Exchange Online offers: TLS 1.2 and 1.3, and its list of cipher suites.
    MITRE_TLS_EXO = 0,
    /// Everything that OpenSSL still speaks, to explain why the other one failed.
    MITRE_TLS_DIAGNOSTIC = 1,
    /// What Exchange Online offers, without TLS 1.3: whether a server can do without it.
    MITRE_TLS_EXO_WITHOUT_13 = 2,
} mitre_tls_profile;

typedef enum {
    /// More bytes of the peer are needed; what is in the output must be sent first.
    MITRE_TLS_WAITING = 0,
    MITRE_TLS_DONE = 1,
    /// The session is of no further use; `mitre_tls_error` says why.
    MITRE_TLS_FAILED = 2,
    /// The peer said that it sends no more (close_notify).
    MITRE_TLS_CLOSED = 3,
} mitre_tls_status;

typedef struct mitre_tls_context mitre_tls_context;
typedef struct mitre_tls_session mitre_tls_session;

/// Settings that many sessions share, on any thread; NULL when OpenSSL refuses them.
mitre_tls_context *mitre_tls_context_new(mitre_tls_profile profile);
void mitre_tls_context_free(mitre_tls_context *context);

/// A session keeps what it needs of its context. `sni` may be NULL, which sends none.
mitre_tls_session *mitre_tls_session_new(mitre_tls_context *context, const char *sni);
void mitre_tls_session_free(mitre_tls_session *session);

/// Hands over bytes from the peer; 0 when memory is short.
int mitre_tls_feed(mitre_tls_session *session, const uint8_t *bytes, size_t count);
/// Moves bytes for the peer into `buffer`; call until it returns 0.
size_t mitre_tls_output(mitre_tls_session *session, uint8_t *buffer, size_t capacity);

mitre_tls_status mitre_tls_handshake(mitre_tls_session *session);
/// Decrypts into `buffer`; `count` is how much. WAITING with 0 bytes means that more input is needed.
mitre_tls_status mitre_tls_read(mitre_tls_session *session, uint8_t *buffer, size_t capacity, size_t *count);
mitre_tls_status mitre_tls_write(mitre_tls_session *session, const uint8_t *bytes, size_t count);
/// Puts a close_notify into the output.
void mitre_tls_close(mitre_tls_session *session);

/// "TLSv1.3", or NULL before a version was agreed.
const char *mitre_tls_version(const mitre_tls_session *session);
/// OpenSSL's name of the suite, "ECDHE-RSA-AES256-GCM-SHA384", or NULL.
const char *mitre_tls_cipher(const mitre_tls_session *session);
/// The alert that the peer sent, or that was sent to it: its number (RFC 8446 6), or -1.
int mitre_tls_alert_received(const mitre_tls_session *session);
int mitre_tls_alert_sent(const mitre_tls_session *session);
/// The alert's name: "handshake failure".
const char *mitre_tls_alert_name(int alert);
/// Whether the peer asked for a certificate of ours.
int mitre_tls_client_certificate_requested(const mitre_tls_session *session);

/// The certificates as they came over the wire, leaf first, even those that OpenSSL cannot read.
///
/// At most 16, and none above 64 KiB; `presented` counts those that were left out too.
size_t mitre_tls_certificate_count(const mitre_tls_session *session);
size_t mitre_tls_certificates_presented(const mitre_tls_session *session);
const uint8_t *mitre_tls_certificate(const mitre_tls_session *session, size_t index, size_t *count);
/// The OCSP response that the peer stapled, or NULL.
const uint8_t *mitre_tls_stapled_ocsp(const mitre_tls_session *session, size_t *count);

/// OpenSSL's words for the failure, or an empty string.
/// Whether the handshake ended because the peer sent more than 128 KiB of certificates, or another message beyond all measure.
int mitre_tls_chain_too_long(const mitre_tls_session *session);
const char *mitre_tls_error(const mitre_tls_session *session);
