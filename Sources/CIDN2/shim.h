// GNU libidn2: internationalised domain names to the form that the DNS and mail servers compare.
#pragma once
#include <idn2.h>
