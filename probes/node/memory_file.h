// MemoryFile: content as a file that only this process can open by path, for libraries that take nothing but
// paths.
//
// A probe cannot write files, and what it read through Node may lie beneath another root.
#pragma once

#include <string>
#include <string_view>

#include "model/result.h"
#include "probes/node/descriptor.h"

namespace preflight::probes {

// Hard limit of file sizes of a probe's process, whose soft limit is none.
inline constexpr std::size_t memory_file_limit_bytes = 256UL * 1024;

class MemoryFile {
  public:
    // Readable by its owner alone, as libpq wants of private keys. TOO_LARGE past the limit.
    static Result<MemoryFile> hold(std::string_view content);

    // Valid as long as this lives.
    std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_.get()); }

  private:
    explicit MemoryFile(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}
    Descriptor descriptor_;
};

}  // namespace preflight::probes
