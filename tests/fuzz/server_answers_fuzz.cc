// What servers answer: Redis' replies in pieces, its INFO, the JSON of Patroni and Consul, and that of a Geo
// site's status.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "probes/consul_answer.h"
#include "probes/geo_status.h"
#include "probes/patroni_answer.h"
#include "probes/plain_text.h"
#include "probes/redis_info.h"
#include "probes/redis_reply.h"

namespace {

using namespace preflight;
using namespace preflight::probes;

template <typename Message>
void must_be_sendable(const Message& message) {
    std::string bytes;
    if (!message.SerializeToString(&bytes) || !is_plain_text(message.Utf8DebugString())) std::abort();
}

std::size_t items_in(const RedisReply& reply) {
    std::size_t count = reply.items.size();
    for (const auto& item : reply.items) count += items_in(item);
    return count;
}

void fuzz_reply(std::string_view bytes) {
    RedisReplyReader reader;
    constexpr std::size_t piece = 7;
    while (!bytes.empty()) {
        if (!reader.feed(bytes.substr(0, piece))) return;
        bytes.remove_prefix(std::min(piece, bytes.size()));
        while (true) {
            const auto reply = reader.next();
            if (!reply) return;
            if (!*reply) break;
            if (items_in(**reply) > RedisReplyReader::items_limit) std::abort();
            v1::SentinelStatus::Master master = sentinel_master(fields_of(**reply));
            must_be_sendable(master);
        }
    }
}

void fuzz_consul(std::string_view text) {
    v1::ConsulCluster cluster;
    for (const auto take :
         {take_consul_leader, take_consul_peers, take_consul_self, take_consul_members, take_consul_checks})
        static_cast<void>(take(text, "/source", cluster));
    must_be_sendable(cluster);
    static_cast<void>(parse_consul_config(text, "/config.json"));
}

void fuzz_geo(std::string_view text) {
    v1::GeoSite site;
    for (const bool primary : {false, true}) {
        for (auto& counted : parse_geo_status(text, primary, "/source").items)
            *site.add_data() = std::move(counted);
    }
    site.set_message(shown_geo_message(text));
    must_be_sendable(site);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    fuzz_reply(text);
    v1::RedisServer server;
    fill_redis_server(parse_redis_info(text), server);
    must_be_sendable(server);
    v1::RedisClusterState state;
    fill_cluster_state(parse_redis_info(text), text, state);
    must_be_sendable(state);
    v1::PatroniCluster cluster;
    static_cast<void>(take_patroni(text, "/source", cluster));
    static_cast<void>(take_cluster(text, "/source", cluster));
    must_be_sendable(cluster);
    fuzz_consul(text);
    fuzz_geo(text);
    return 0;
}
