// Redis as every client is told of it, and the URLs in it.

#include <cstdint>
#include <string_view>

#include "probes/address.h"
#include "probes/redis_clients.h"
#include "probes/redis_config.h"
#include "tests/fuzz/endpoints_fuzz.h"

namespace {

void fuzz_url(std::string_view text) {
    using namespace preflight::probes;
    const auto address = parse_address(text);
    const auto shown = without_user(text);
    if (!address && !shown.empty()) std::abort();
    if (shown.find('@') != std::string::npos) std::abort();
    if (!address) return;
    if (address->host.find_first_of("@/ ") != std::string::npos) std::abort();
    if (!is_plain_text(address->host + address->socket + address->path + shown)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace preflight::probes;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    fuzz_url(text);
    must_be_sendable(endpoints_of(parse_redis_yml(text, "default", "/resque.yml")));
    must_be_sendable(endpoints_of(parse_redis_override(text, "/redis.yml")));
    must_be_sendable(endpoints_of(parse_workhorse_redis(text, "/config.toml")));
    must_be_sendable(endpoints_of(parse_kas_redis(text, "/kas.yml")));
    must_be_sendable(endpoints_of(parse_registry_redis(text, "/config.yml")));
    must_be_sendable(parse_registry_database(text, "/config.yml"));
    return 0;
}
