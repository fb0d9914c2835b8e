#include "tests/integration/process_watch.h"

#include <algorithm>
#include <filesystem>
#include <regex>

#include "tests/integration/program.h"

namespace preflight {
namespace {

namespace fs = std::filesystem;

// Words of /proc end with zeros.
std::string words_of(const fs::path& file) {
    auto content = content_of(file);
    std::ranges::replace(content, '\0', ' ');
    return content;
}

bool is_ours(const fs::path& process) {
    std::error_code error;
    const auto program = fs::read_symlink(process / "exe", error);
    return !error && program.filename().string().starts_with("gitlab-preflight-");
}

bool without_core(const std::string& limits) {
    static const std::regex none(R"(Max core file size +0 +0 )");
    return limits.empty() || std::regex_search(limits, none);
}

}  // namespace

ProcessWatch::ProcessWatch()
    : thread_([this] {
          while (!stopping_) look();
      }) {}

void ProcessWatch::stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
}

void ProcessWatch::look() {
    std::error_code error;
    for (fs::directory_iterator at("/proc", error), end; !error && at != end; at.increment(error)) {
        const auto& process = at->path();
        if (process.filename().string().find_first_not_of("0123456789") != std::string::npos) continue;
        if (!is_ours(process)) continue;
        auto line = words_of(process / "cmdline");
        environments_.insert(words_of(process / "environ"));
        if (line.find(" probe ") != std::string::npos && !without_core(words_of(process / "limits")))
            dumpable_.insert(line);
        command_lines_.insert(std::move(line));
    }
}

}  // namespace preflight
