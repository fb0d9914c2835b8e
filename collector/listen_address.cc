#include "collector/listen_address.h"

#include <fmt/format.h>

#include <boost/asio/ip/address.hpp>

#include "model/address.h"
#include "model/default_port.h"

namespace preflight::collector {

Result<std::string> loopback_address(std::string_view text) {
    auto address = parse_address(text, default_collector_port);
    // "localhost" is one address here, not whatever a name service makes of it.
    if (address && address->host == "localhost") address->host = "127.0.0.1";
    boost::system::error_code error;
    if (address) boost::asio::ip::make_address(address->host, error);
    if (!address || error) {
        return malformed(
            std::string(text),
            fmt::format("is not an address and port; write it as 127.0.0.1:{}", default_collector_port));
    }
    if (!address->loopback()) {
        return Problem{v1::Gap::REFUSED, std::string(text),
                       "is not a loopback address: others need certificates, and this release has none; "
                       "use 127.0.0.1 or [::1]"};
    }
    return address->text();
}

}  // namespace preflight::collector
