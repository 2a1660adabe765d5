// libgit2, with typed functions for what Swift cannot call; and the one digest that OpenSSH's known_hosts needs.
#pragma once
#include <git2.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

// git_libgit2_opts is variadic.
static inline int cgit2_set_ca_file(const char *file) {
    return git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, file, NULL);
}

static inline int cgit2_set_fsync(int enabled) {
    return git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, enabled);
}

// How much of the packs is mapped into memory at once, in bytes; libgit2 would map up to 8 GiB.
static inline void cgit2_map_at_most(size_t limit) {
    git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, limit / 4);
    git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, limit);
}

// How large a tree is kept by an open repository, and how much all of them keep, in bytes; libgit2 would keep trees of up to 4 KiB,
// which are some 100 files, and 256 MiB in all.
static inline void cgit2_keep_trees(size_t largest, ssize_t all) {
    git_libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, GIT_OBJECT_TREE, largest);
    git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, all);
}

// A host key callback gets the general struct; its type says which one it is.
static inline const git_cert_hostkey *cgit2_hostkey(const git_cert *certificate) {
    return certificate->cert_type == GIT_CERT_HOSTKEY_LIBSSH2 ? (const git_cert_hostkey *)certificate : NULL;
}

// The hash of hashed host names; `digest` has room for 20 bytes. 1 is success.
static inline int cgit2_hmac_sha1(
    const unsigned char *key, int key_length, const unsigned char *data, size_t data_length, unsigned char *digest
) {
    unsigned int length = 20;
    return HMAC(EVP_sha1(), key, key_length, data, data_length, digest, &length) != NULL && length == 20;
}
