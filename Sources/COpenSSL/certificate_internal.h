// What the files that read and judge certificates share; Swift does not see it.
#pragma once

#include <openssl/asn1.h>
#include <openssl/x509.h>
#include <stdint.h>

#include "certificate.h"

/// A list in a certificate of 64 KiB cannot be long; what is beyond this is not looked at.
#define MITRE_MAXIMUM_ITEMS 4096

typedef struct {
    uint8_t **items;
    size_t *lengths;
    size_t count;
    size_t capacity;
} mitre_list;

struct mitre_certificate {
    X509 *x509;
    mitre_list lists[MITRE_LISTS];
    int has_alternative_names;
    int has_other_alternative_names;
    int has_unreadable_extension;
};

/// Adds a copy, with a zero byte behind it; 0 when the list is full or memory ran out.
int mitre_list_add(mitre_list *list, const void *bytes, size_t length);
void mitre_list_clear(mitre_list *list);
/// Seconds since 1970; 0 when the time cannot be read.
int mitre_seconds(const ASN1_TIME *time, int64_t *seconds);
