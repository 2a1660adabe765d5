// libunbound: a DNSSEC-validating resolver.
#pragma once
#include <unbound.h>
