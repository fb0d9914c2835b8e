#include "model/frame.h"

#include <boost/endian/conversion.hpp>
#include <stdexcept>

namespace preflight {
namespace {
constexpr std::size_t header_bytes = 4;
}

std::string frame(const google::protobuf::MessageLite& message) {
    const auto size = message.ByteSizeLong();
    if (size > frame_limit_bytes) throw std::length_error("message past the frame limit");
    std::string bytes(header_bytes, '\0');
    boost::endian::store_little_u32(reinterpret_cast<unsigned char*>(bytes.data()),
                                    static_cast<std::uint32_t>(size));
    message.AppendToString(&bytes);
    return bytes;
}

void FrameReader::feed(std::string_view bytes) {
    if (start_ > 0) {
        buffer_.erase(0, start_);
        start_ = 0;
    }
    buffer_.append(bytes);
}

Result<std::optional<std::string>> FrameReader::next() {
    const auto rest = std::string_view(buffer_).substr(start_);
    if (rest.size() < header_bytes) return std::optional<std::string>();
    const auto size = boost::endian::load_little_u32(reinterpret_cast<const unsigned char*>(rest.data()));
    if (size > frame_limit_bytes) return Problem{v1::Gap::TOO_LARGE, "stream", "a message is past the limit"};
    if (rest.size() < header_bytes + size) return std::optional<std::string>();
    start_ += header_bytes + size;
    return std::optional(std::string(rest.substr(header_bytes, size)));
}

}  // namespace preflight
