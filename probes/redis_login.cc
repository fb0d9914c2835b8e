#include "probes/redis_login.h"

#include <utility>

#include "probes/address.h"

namespace preflight::probes {

bool operator==(const RedisLogin& one, const RedisLogin& other) {
    return one.user.reveal() == other.user.reveal() && one.password.reveal() == other.password.reveal() &&
           one.password_file == other.password_file && one.elsewhere == other.elsewhere &&
           one.tls == other.tls;
}

bool set_redis_user(std::string_view url, RedisLogin& login) {
    auto found = user_in(url);
    if (!found) return false;
    if (found->user.present()) login.user = std::move(found->user);
    if (found->password.present()) login.password = std::move(found->password);
    return true;
}

Parsed<v1::RedisEndpoint> endpoints_of(const Parsed<RedisClient>& clients) {
    Parsed<v1::RedisEndpoint> endpoints{{}, clients.problems};
    for (const auto& client : clients.items) endpoints.items.push_back(client.endpoint);
    return endpoints;
}

}  // namespace preflight::probes
