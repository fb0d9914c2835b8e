// Resolve: opens a path beneath a root, so that no link, absolute or with "..", leads out of it.
//
// The kernel does it where it can (openat2 with RESOLVE_IN_ROOT, Linux 5.6); older kernels (RHEL 8,
// Ubuntu 20.04) and sandboxes that forbid the call get a walk by component. Both answer alike; the tests run
// both.
#pragma once

#include <string_view>

#include "model/result.h"
#include "probes/node/descriptor.h"

namespace preflight::probes {

enum class Resolver { kernel_or_walk, walk };

// Opens `path` beneath the directory `root` with open(2) flags (read-only; O_CLOEXEC is added; O_NOFOLLOW is
// about the last component alone). REFUSED for a loop of links.
Result<Descriptor> open_in_root(int root, std::string_view path, int flags,
                                Resolver resolver = Resolver::kernel_or_walk);

}  // namespace preflight::probes
