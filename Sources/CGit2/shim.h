// libgit2.
#pragma once
#include <git2.h>
