#include "probes/redis_login.h"

#include "probes/address.h"
#include "probes/text.h"

namespace preflight::probes {

bool operator==(const RedisLogin& one, const RedisLogin& other) {
    return one.user.reveal() == other.user.reveal() && one.password.reveal() == other.password.reveal() &&
           one.password_file == other.password_file && one.elsewhere == other.elsewhere &&
           one.tls == other.tls;
}

bool set_redis_user(std::string_view url, RedisLogin& login) {
    url = trimmed(url);
    const auto scheme = url.find("://");
    if (scheme == std::string_view::npos) return true;
    auto authority = url.substr(scheme + 3);
    authority = authority.substr(0, authority.find_first_of("/?#"));
    const auto end = authority.rfind('@');
    if (end == std::string_view::npos) return true;
    const auto info = authority.substr(0, end);
    const auto colon = info.find(':');
    auto user = percent_decoded(info.substr(0, colon));
    auto password =
        percent_decoded(colon == std::string_view::npos ? std::string_view() : info.substr(colon + 1));
    if (!user || !password) return false;
    if (!user->empty()) login.user = Secret(std::move(*user));
    if (!password->empty()) login.password = Secret(std::move(*password));
    return true;
}

Parsed<v1::RedisEndpoint> endpoints_of(const Parsed<RedisClient>& clients) {
    Parsed<v1::RedisEndpoint> endpoints{{}, clients.problems};
    for (const auto& client : clients.items) endpoints.items.push_back(client.endpoint);
    return endpoints;
}

}  // namespace preflight::probes
