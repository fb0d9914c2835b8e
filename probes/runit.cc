#include "probes/runit.h"

#include <string>

#include "probes/text.h"

namespace preflight::probes {
namespace {

constexpr std::uint64_t size_limit_bytes = 4096;
constexpr std::size_t status_bytes = 20;
constexpr std::size_t process_id_at = 12;
constexpr std::size_t state_at = 19;

std::uint32_t byte_at(std::string_view bytes, std::size_t at) {
    return static_cast<unsigned char>(bytes[at]);
}

}  // namespace

Result<RunitStatus> parse_runit_status(std::string_view bytes, std::string_view source) {
    if (bytes.size() != status_bytes) return malformed(std::string(source), "not 20 bytes long");
    RunitStatus status;
    for (std::size_t place = 4; place-- > 0;) {  // little endian
        status.process_id = status.process_id << 8U | byte_at(bytes, process_id_at + place);
    }
    switch (byte_at(bytes, state_at)) {
        case 0:
            status.state = v1::Service::DOWN;
            return status;
        case 1:
            status.state = v1::Service::RUNNING;
            return status;
        case 2:
            status.state = v1::Service::FINISHING;
            return status;
        default:
            return malformed(std::string(source), "names no state that is known");
    }
}

Result<RunitStatus> parse_runit_stat(std::string_view text, std::string_view source) {
    const auto word = trimmed(text.substr(0, text.find_first_of(",\n")));
    if (word == "run") return RunitStatus{.state = v1::Service::RUNNING};
    if (word == "down") return RunitStatus{.state = v1::Service::DOWN};
    if (word == "finish") return RunitStatus{.state = v1::Service::FINISHING};
    return malformed(std::string(source), "names no state that is known");
}

Result<RunitStatus> read_runit_status(const Node& node, std::string_view directory) {
    const auto status_path = std::string(directory) + "/supervise/status";
    const auto stat_path = std::string(directory) + "/supervise/stat";
    const auto bytes = node.read_file(status_path, size_limit_bytes);
    if (!bytes) {
        if (bytes.error().cause != v1::Gap::ABSENT) return bytes.error();
        const auto text = node.read_file(stat_path, size_limit_bytes);
        if (!text) return text.error();
        return parse_runit_stat(*text, stat_path);
    }
    auto status = parse_runit_status(*bytes, status_path);
    if (!status || status->process_id == 0) return status;
    if (!node.status("/proc/" + std::to_string(status->process_id)))
        status->state = v1::Service::STATE_UNSPECIFIED;
    return status;
}

}  // namespace preflight::probes
