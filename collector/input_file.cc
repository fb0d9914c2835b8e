#include "collector/input_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <system_error>

namespace preflight::collector {

Result<std::string> read_file(const std::filesystem::path& file, std::size_t limit_bytes) {
    std::error_code error;
    const auto status = std::filesystem::status(file, error);
    if (!std::filesystem::exists(status))
        return problem_from_errno(error ? error.value() : ENOENT, file.string());
    if (!std::filesystem::is_regular_file(status)) {
        return Problem{v1::Gap::REFUSED, file.string(), "it is not a file"};
    }
    std::ifstream stream(file, std::ios::binary);
    if (!stream) return problem_from_errno(errno, file.string());
    const auto size = std::filesystem::file_size(file, error);
    if (error) return problem_from_errno(error.value(), file.string());
    if (size > limit_bytes) {
        return Problem{v1::Gap::TOO_LARGE, file.string(), fmt::format("larger than {} bytes", limit_bytes)};
    }
    std::string text(size, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (stream.bad()) return Problem{v1::Gap::FAILED, file.string(), "input/output error"};
    return text;
}

}  // namespace preflight::collector
