#include "probes/addresses.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "probes/json.h"

namespace preflight::probes {
namespace {

constexpr std::size_t address_limit = 256;

bool is_outside(const in_addr& address) {
    const auto number = ntohl(address.s_addr);
    const bool loopback = number >> 24U == 127;
    const bool link_local = number >> 16U == 0xa9fe;  // 169.254/16
    return number != 0 && !loopback && !link_local;
}

bool is_outside(const in6_addr& address) {
    return IN6_IS_ADDR_UNSPECIFIED(&address) == 0 && IN6_IS_ADDR_LOOPBACK(&address) == 0 &&
           IN6_IS_ADDR_LINKLOCAL(&address) == 0;
}

std::string text_of(const sockaddr& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    sockaddr_in four{};
    sockaddr_in6 six{};
    if (address.sa_family == AF_INET) {
        std::memcpy(&four, &address, sizeof four);
        if (!is_outside(four.sin_addr)) return {};
        ::inet_ntop(AF_INET, &four.sin_addr, text.data(), text.size());
    } else if (address.sa_family == AF_INET6) {
        std::memcpy(&six, &address, sizeof six);
        if (!is_outside(six.sin6_addr)) return {};
        ::inet_ntop(AF_INET6, &six.sin6_addr, text.data(), text.size());
    }
    return text.data();
}

void sort_and_unite(std::vector<std::string>& addresses) {
    std::ranges::sort(addresses);
    addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
    if (addresses.size() > address_limit) addresses.resize(address_limit);
}

}  // namespace

bool is_foreign_reachable(std::string_view address) {
    const std::string text(address);
    in_addr four{};
    in6_addr six{};
    if (::inet_pton(AF_INET, text.c_str(), &four) == 1) return is_outside(four);
    return ::inet_pton(AF_INET6, text.c_str(), &six) == 1 && is_outside(six);
}

Result<std::vector<std::string>> addresses_of_this_machine() {
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0) return problem_from_errno(errno, "getifaddrs");
    const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owned(list, &::freeifaddrs);
    std::vector<std::string> addresses;
    for (const auto* entry = list; entry != nullptr; entry = entry->ifa_next) {
        if (entry->ifa_addr == nullptr) continue;
        auto text = text_of(*entry->ifa_addr);
        if (!text.empty()) addresses.push_back(std::move(text));
    }
    sort_and_unite(addresses);
    return addresses;
}

std::vector<std::string> addresses_of(const Attributes& attributes) {
    std::vector<std::string> addresses;
    for (const std::string_view key : {"ipaddress", "ip6address"}) {
        addresses.push_back(text_of(attributes.automatic({key})));
    }
    const auto* interfaces = attributes.automatic({"network", "interfaces"});
    if (interfaces != nullptr && interfaces->is_object()) {
        for (const auto& interface : interfaces->get_object()) {
            const auto* own = find(interface.value(), {"addresses"});
            if (own == nullptr || !own->is_object()) continue;
            for (const auto& address : own->get_object())
                addresses.emplace_back(std::string_view(address.key()));
        }
    }
    std::erase_if(addresses, [](const std::string& address) { return !is_foreign_reachable(address); });
    sort_and_unite(addresses);
    return addresses;
}

}  // namespace preflight::probes
