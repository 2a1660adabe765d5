/* The floor of a probe: what OpenSSL and the kernel take for the same dialogue, in C without anything around it.
 *   probe-floor PORT ROOTS NAME COUNT
 * One after the other: connect to 127.0.0.1, EHLO, STARTTLS, handshake with the chain and the name verified, QUIT.
 * `make bench` compares its CPU with that of Mitregate's probes. */
#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void fail(const char *what) {
    fprintf(stderr, "probe-floor: %s\n", what);
    exit(1);
}

/* Reads lines until one that ends a reply ("250 "), and checks its code. */
static void expect(int socket, SSL *tls, const char *code) {
    char buffer[4096];
    size_t used = 0;
    for (;;) {
        ssize_t count = tls ? SSL_read(tls, buffer + used, (int)(sizeof buffer - used))
                            : read(socket, buffer + used, sizeof buffer - used);
        if (count <= 0 || (used += (size_t)count) == sizeof buffer) fail("the reply does not end");
        if (buffer[used - 1] != '\n') continue;
        size_t start = used - 1;
        while (start > 0 && buffer[start - 1] != '\n') start--;
        if (used - start < 4 || buffer[start + 3] != ' ') continue;
        if (strncmp(buffer + start, code, 3) != 0) fail("another reply was expected");
        return;
    }
}

static void probe(SSL_CTX *context, const struct sockaddr_in *peer, const char *name) {
    int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s < 0 || connect(s, (const struct sockaddr *)peer, sizeof *peer) != 0) fail("no connection");
    expect(s, NULL, "220");
    if (write(s, "EHLO gate.lab.example\r\n", 23) != 23) fail("EHLO");
    expect(s, NULL, "250");
    if (write(s, "STARTTLS\r\n", 10) != 10) fail("STARTTLS");
    expect(s, NULL, "220");
    SSL *tls = SSL_new(context);
    if (!tls || !SSL_set_fd(tls, s) || !SSL_set_tlsext_host_name(tls, name) || !SSL_set1_host(tls, name)) fail("TLS");
    if (SSL_connect(tls) != 1) fail("the handshake or the certificate failed");
    if (SSL_write(tls, "QUIT\r\n", 6) != 6) fail("QUIT");
    expect(s, tls, "221");
    SSL_shutdown(tls);
    SSL_free(tls);
    close(s);
}

int main(int count, char **arguments) {
    if (count != 5) fail("probe-floor PORT ROOTS NAME COUNT");
    struct sockaddr_in peer = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(arguments[1]))};
    peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (!context || SSL_CTX_load_verify_locations(context, arguments[2], NULL) != 1) fail("the roots cannot be read");
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    for (int left = atoi(arguments[4]); left > 0; left--) probe(context, &peer, arguments[3]);
    SSL_CTX_free(context);
    return 0;
}
