#include "model/standard_output.h"

#include <cstdio>

namespace preflight {

// A write that failed in between leaves the last one nothing to fail on: the stream remembers it.
bool standard_output_arrived() { return std::fflush(stdout) == 0 && std::ferror(stdout) == 0; }

}  // namespace preflight
