#include "probes/endpoint_differences.h"

#include <algorithm>
#include <optional>

#include "probes/address.h"
#include "probes/config_text.h"
#include "probes/gitlab_rb.h"
#include "probes/paths.h"
#include "probes/rails_attributes.h"

namespace preflight::probes {
namespace {

// The same host, port or name as two sources have it. What is used was checked when it was read.
struct Pair {
    std::string what;
    std::string used;
    std::string other;
    bool other_is_plain = true;  // it passed the same check
};

class Differences {
  public:
    Differences(const EndpointsView& view, std::string_view other) : view_(view), other_(other) {}

    // Silent when the other source says nothing.
    void compare(std::string_view path, const Pair& pair) const {
        constexpr std::size_t longest = 512;
        if (pair.other.empty() || pair.used == pair.other) return;
        if (pair.used.size() > longest || pair.other.size() > longest) {
            return add(path, pair.what, "the values differ");
        }
        add(path, pair.what,
            "used: " + (pair.used.empty() ? "nothing" : pair.used) +
                "; there: " + (pair.other_is_plain ? pair.other : "another value"));
    }

    void only_used(std::string_view path, const std::string& what) const {
        add(path, what, "stands in the rendered file alone");
    }

  private:
    void add(std::string_view path, const std::string& what, const std::string& detail) const {
        auto& difference = *view_.out().add(path).mutable_difference();
        difference.set_kind(v1::Difference::SETTING);
        difference.set_what(what);
        difference.set_used(std::string(path));
        difference.set_other(other_);
        difference.set_detail(detail);
    }

    const EndpointsView& view_;
    std::string other_;
};

bool is_port(std::string_view text) {
    const auto number = number_in(text);
    return number && *number > 0 && *number <= 65535;
}

std::string number_text(std::uint32_t number) { return number == 0 ? "" : std::to_string(number); }

// What of a Redis instance tells it from another server.
std::string identity_of(const v1::RedisEndpoint& redis) {
    auto identity = redis.master_name() + redis.socket();
    if (!redis.host().empty()) identity += host_and_port(redis.host(), redis.port());
    for (const auto& node : redis.nodes()) identity += (identity.empty() ? "" : ", ") + node;
    return identity;
}

std::string name_of(const v1::RedisEndpoint& redis) {
    const bool cluster = redis.mode() == v1::RedisEndpoint::CLUSTER;
    return "redis." + redis.purpose() + (cluster ? ".cluster" : "");
}

void compare_databases(const RenderedEndpoints& rendered, const Attributes& attributes,
                       const Differences& differences) {
    const auto known = attribute_databases(attributes).items;
    for (const auto& used : rendered.databases) {
        const auto other = std::ranges::find(known, used.purpose(), &v1::PostgresEndpoint::purpose);
        if (other == known.end()) continue;
        const auto name = "postgresql." + used.purpose();
        differences.compare(rendered.databases_path, {name + ".host", used.host(), other->host()});
        differences.compare(rendered.databases_path,
                            {name + ".port", number_text(used.port()), number_text(other->port())});
        differences.compare(rendered.databases_path,
                            {name + ".database", used.database(), other->database()});
    }
}

void compare_redis(const RenderedEndpoints& rendered, const Attributes& attributes,
                   const Differences& differences) {
    const auto known = attribute_redis(attributes).items;
    for (const auto& [used, path] : rendered.redis) {
        if (used.purpose() == "cable") continue;
        const auto other = std::ranges::find(known, used.purpose(), &v1::RedisEndpoint::purpose);
        if (other != known.end()) {
            differences.compare(path, {name_of(used), identity_of(used), identity_of(*other)});
        } else if (used.purpose() != "default" && !path.ends_with("/redis.yml")) {
            differences.only_used(path, name_of(used));
        }
    }
}

void compare_storages(const RenderedEndpoints& rendered, const Attributes& attributes,
                      const Differences& differences) {
    const auto known = attribute_storages(attributes).items;
    for (const auto& used : rendered.storages) {
        const auto other = std::ranges::find(known, used.storage(), &v1::GitalyEndpoint::storage);
        if (other == known.end()) continue;
        differences.compare(rendered.storages_path, {"gitaly." + used.storage(), without_user(used.address()),
                                                     without_user(other->address())});
    }
}

std::string literal(const GitlabRb& rb, std::string_view key) {
    return rb.literal("gitlab_rails." + std::string(key)).value_or("");
}

// Whether the file says anything of a key that begins so, plainly or not.
bool speaks_of(const GitlabRb& rb, const std::string& prefix) {
    const auto begins = [&](const std::string& key) { return key.starts_with(prefix); };
    return std::ranges::any_of(rb.computed, begins) ||
           std::ranges::any_of(rb.literals, [&](const auto& item) { return begins(item.first); });
}

void compare_with_rb(const RenderedEndpoints& rendered, const GitlabRb& rb, const Differences& differences) {
    const auto main = std::ranges::find(rendered.databases, "main", &v1::PostgresEndpoint::purpose);
    if (main != rendered.databases.end()) {
        const auto& path = rendered.databases_path;
        // Of several hosts the package renders the first.
        const auto hosts = literal(rb, "db_host");
        const auto host = hosts.substr(0, hosts.find(','));
        const auto port = literal(rb, "db_port");
        const auto database = literal(rb, "db_database");
        differences.compare(path, {"postgresql.main.host", main->host(), host, is_host(host)});
        differences.compare(path, {"postgresql.main.port", number_text(main->port()), port, is_port(port)});
        differences.compare(path,
                            {"postgresql.main.database", main->database(), database, is_name(database)});
    }
    for (const auto& [used, path] : rendered.redis) {
        const bool by_host = used.mode() == v1::RedisEndpoint::TCP || used.mode() == v1::RedisEndpoint::TLS;
        if (used.purpose() == "default" && by_host) {
            const auto host = literal(rb, "redis_host");
            const auto port = literal(rb, "redis_port");
            differences.compare(path, {"redis.default.host", used.host(), host, is_host(host)});
            differences.compare(path, {"redis.default.port", number_text(used.port()), port, is_port(port)});
        }
        // A file that takes in others may say it there.
        const bool whole = rb.includes.empty() && !speaks_of(rb, "from_file") && !speaks_of(rb, "eval");
        const bool own_file =
            used.purpose() != "default" && used.purpose() != "cable" && !path.ends_with("/redis.yml");
        if (whole && own_file && !speaks_of(rb, "gitlab_rails.redis_" + used.purpose())) {
            differences.only_used(path, name_of(used));
        }
    }
}

}  // namespace

void report_differences(const EndpointsView& view, const RenderedEndpoints& rendered) {
    const auto* attributes = view.attributes();
    if (attributes != nullptr && attributes->finished()) {
        const Differences differences(view, attributes->path);
        compare_databases(rendered, *attributes, differences);
        compare_redis(rendered, *attributes, differences);
        compare_storages(rendered, *attributes, differences);
    }
    // Whether gitlab.rb can be read is reported by the probes that need it.
    const auto text = view.node().read_file(paths::gitlab_rb);
    if (!text) return;
    const auto rb = parse_gitlab_rb(*text, paths::gitlab_rb);
    if (rb) compare_with_rb(rendered, *rb, Differences(view, paths::gitlab_rb));
}

}  // namespace preflight::probes
