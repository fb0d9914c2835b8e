// A record of the spool's file, as it lies there and with its length and checksum set right, so that the
// message behind them is read too.

#include <boost/crc.hpp>
#include <boost/endian/conversion.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "agent/spool_record.h"

namespace {

void read(std::string_view bytes) {
    using namespace preflight::agent;
    const auto found = from_spool(bytes);
    if (!found) return;
    if (found->size_bytes > bytes.size()) std::abort();
    const auto again = from_spool(to_spool(found->record));
    if (!again || again->record.SerializeAsString() != found->record.SerializeAsString()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    read({reinterpret_cast<const char*>(data), size});
    std::string record(8, '\0');
    boost::crc_32_type crc;
    crc.process_bytes(data, size);
    auto* header = reinterpret_cast<unsigned char*>(record.data());
    boost::endian::store_little_u32(header, static_cast<std::uint32_t>(size));
    boost::endian::store_little_u32(header + 4, crc.checksum());
    record.append(reinterpret_cast<const char*>(data), size);
    read(record);
    return 0;
}
