// OpenSSL as Swift sees it: typed functions without macros or variadics. Nothing is decided here.
#pragma once
#include "certificate.h"
#include "tls_session.h"
