#include "agent/spool_record.h"

#include <boost/crc.hpp>
#include <boost/endian/conversion.hpp>

#include "model/frame.h"

namespace preflight::agent {
namespace {

constexpr std::size_t header_bytes = 8;

std::uint32_t checksum(std::string_view bytes) {
    boost::crc_32_type crc;
    crc.process_bytes(bytes.data(), bytes.size());
    return crc.checksum();
}

unsigned char* raw(char* bytes) { return reinterpret_cast<unsigned char*>(bytes); }
const unsigned char* raw(const char* bytes) { return reinterpret_cast<const unsigned char*>(bytes); }

}  // namespace

std::string to_spool(const v1::Record& record) {
    std::string bytes(header_bytes, '\0');
    record.AppendToString(&bytes);
    const auto body = std::string_view(bytes).substr(header_bytes);
    const auto sum = checksum(body);
    const auto length = static_cast<std::uint32_t>(body.size());
    boost::endian::store_little_u32(raw(bytes.data()), length);
    boost::endian::store_little_u32(raw(bytes.data() + 4), sum);
    return bytes;
}

std::optional<SpoolRecord> from_spool(std::string_view bytes) {
    if (bytes.size() < header_bytes) return std::nullopt;
    const std::size_t length = boost::endian::load_little_u32(raw(bytes.data()));
    if (length > frame_limit_bytes || bytes.size() < header_bytes + length) return std::nullopt;
    const auto body = bytes.substr(header_bytes, length);
    if (checksum(body) != boost::endian::load_little_u32(raw(bytes.data() + 4))) return std::nullopt;
    SpoolRecord result;
    result.size_bytes = header_bytes + length;
    if (!result.record.ParseFromArray(body.data(), static_cast<int>(body.size()))) return std::nullopt;
    return result;
}

bool is_torn(std::string_view bytes) {
    if (bytes.size() < header_bytes) return true;
    const std::size_t length = boost::endian::load_little_u32(raw(bytes.data()));
    return length <= frame_limit_bytes && bytes.size() < header_bytes + length;
}

}  // namespace preflight::agent
