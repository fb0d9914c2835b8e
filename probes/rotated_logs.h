// RotatedLogs: the files of a log, the one that is written and those that were rotated away, some of them
// packed, read line by line within a limit of bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probes/node/node.h"

namespace preflight::probes {

struct LogFile {
    enum class Packing { none, gzip, other };
    std::string name;
    Packing packing = Packing::none;
};

// Those of the log `name` among the entries of its folder, the newest first: rotated ones have a number or a
// date behind the name. Where there are both, the numbers are from before the dates.
std::vector<LogFile> files_of_log(const std::vector<DirectoryEntry>& entries, std::string_view name);

// Takes one line, without its end; of a very long one the beginning.
using LineSink = std::function<void(std::string_view line)>;

// Reads files of one log, as many bytes as it may in all of them together.
class LogReader {
  public:
    static constexpr std::uint64_t limit_bytes = 64ULL * 1024 * 1024;         // unpacked
    static constexpr std::uint64_t packed_limit_bytes = 16ULL * 1024 * 1024;  // of one packed file

    explicit LogReader(const Node& node, std::uint64_t limit_bytes = LogReader::limit_bytes)
        : node_(node), left_bytes_(limit_bytes) {}

    // Why some of the file was not read, if so; what was, was taken. Of one that is past the limit: the
    // newest lines where it is plain, the oldest where it is packed.
    std::optional<Problem> read(const std::string& path, LogFile::Packing packing, const LineSink& take);
    bool used_up() const { return left_bytes_ == 0; }

  private:
    const Node& node_;
    std::uint64_t left_bytes_;
};

}  // namespace preflight::probes
