#include "probes/node/names.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <memory>

namespace preflight::probes {

Result<std::vector<std::string>> addresses_of(const std::string& host) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int code = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(found, ::freeaddrinfo);
    if (code == EAI_AGAIN) return Problem{v1::Gap::TIMED_OUT, host, "no name server answered for this name"};
    if (code == EAI_NONAME || code == EAI_NODATA || (code == 0 && found == nullptr))
        return Problem{v1::Gap::ABSENT, host, "the name has no address"};
    if (code != 0)
        return Problem{v1::Gap::FAILED, host, std::string("resolving it failed: ") + ::gai_strerror(code)};
    std::vector<std::string> addresses;
    for (const auto* entry = found; entry != nullptr; entry = entry->ai_next) {
        std::array<char, NI_MAXHOST> text{};
        if (::getnameinfo(entry->ai_addr, entry->ai_addrlen, text.data(), text.size(), nullptr, 0,
                          NI_NUMERICHOST) != 0)
            continue;
        if (std::ranges::find(addresses, text.data()) == addresses.end()) addresses.emplace_back(text.data());
        if (addresses.size() == addresses_limit) break;
    }
    return addresses;
}

}  // namespace preflight::probes
