#include "probes/consul.h"

#include <array>
#include <chrono>
#include <string>
#include <utility>

#include "probes/config_text.h"
#include "probes/consul_answer.h"
#include "probes/endpoints_view.h"
#include "probes/node/http.h"
#include "probes/paths.h"
#include "probes/patroni_config.h"
#include "probes/reach_report.h"

namespace preflight::probes {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view affects = "leader, members and health of the Consul cluster";
constexpr std::string_view leader_affects = "who leads the Patroni cluster, as Consul has it";

struct Question {
    std::string_view path;
    Result<void> (*take)(std::string_view body, std::string_view source, v1::ConsulCluster& cluster);
    bool (*filtered)(const v1::ConsulCluster& cluster) = nullptr;
};

// Health of services comes for all of them at once: Patroni's own is asked for no second time by its name.
// An agent is a member of its own and has a check of its own: an empty list was filtered.
bool has_no_member(const v1::ConsulCluster& cluster) { return cluster.members().empty(); }
bool has_no_check(const v1::ConsulCluster& cluster) { return cluster.checks().empty(); }

constexpr Question leader{"/v1/status/leader", take_consul_leader};
constexpr std::array rest{Question{"/v1/status/peers", take_consul_peers},
                          Question{"/v1/agent/self", take_consul_self},
                          Question{"/v1/agent/members", take_consul_members, has_no_member},
                          Question{"/v1/health/state/any", take_consul_checks, has_no_check}};

// A Patroni cluster that agrees in Consul, and where.
struct PatroniKeys {
    std::string scope;
    std::string folder;  // "service/postgresql-ha/"
};

class Agent {
  public:
    Agent(const Node& node, const ConsulConfig& config, const TlsSettings* tls, const DialLimits& limits,
          Findings& out)
        : node_(node), config_(config), tls_(tls), limits_(limits), out_(out) {
        cluster_.set_address(config.http.text());
    }

    // `patroni`: what runs here and agrees in Consul; without a scope: none does.
    void ask(const PatroniKeys& patroni, v1::Reach& reach) {
        const auto first = put(leader, reach);
        if (!first && reach.reached()) fail(reach, v1::Reach::PROTOCOL, "what answers is no Consul agent");
        report_reach(reach, affects, out_);
        if (!first) return;
        out_.flush();
        for (const auto& question : rest) {
            v1::Reach again;
            const auto asked = put(question, again);
            if (!asked) {
                out_.gap(asked.error(), "what Consul says at " + std::string(question.path));
            } else if (question.filtered != nullptr) {
                deny_if(question.filtered(cluster_), question.path);
            }
        }
        if (!patroni.scope.empty()) ask_for_patroni_leader(patroni);
        *out_.add(config_.http.text()).mutable_consul_cluster() = cluster_;
    }

  private:
    // Where nobody leads there is no such key.
    void ask_for_patroni_leader(const PatroniKeys& patroni) {
        const auto path = "/v1/kv/" + patroni.folder + "leader?raw";
        v1::Reach ignored;
        const auto answer = http_get(node_, config_.http, tls_, path, limits_, ignored);
        if (!answer) return out_.gap(answer.error(), leader_affects);
        if (answer->status == 403) return deny_if(true, path);
        const auto source = config_.http.text();
        if (answer->status != 200 && answer->status != 404) {
            return out_.gap({v1::Gap::FAILED, source, "it answered " + std::to_string(answer->status)},
                            leader_affects);
        }
        v1::ConsulCluster::PatroniLeader found;
        found.set_scope(patroni.scope);
        const auto taken =
            take_patroni_leader(answer->status == 200 ? answer->body : std::string(), source, found);
        if (!taken) return out_.gap(taken.error(), leader_affects);
        *cluster_.mutable_patroni_leader() = found;
    }

    // 403 is an answer: the path stands in `denied`.
    Result<void> put(const Question& question, v1::Reach& reach) {
        const auto answer = http_get(node_, config_.http, tls_, question.path, limits_, reach);
        if (!answer) return answer.error();
        if (answer->status == 403) {
            deny_if(true, question.path);
            return {};
        }
        const auto source = config_.http.text();
        if (answer->status != 200) {
            return Problem{
                v1::Gap::FAILED, source,
                "it answered " + std::to_string(answer->status) + " to " + std::string(question.path)};
        }
        return question.take(answer->body, source, cluster_);
    }

    void deny_if(bool denied, std::string_view path) {
        for (const auto& known : cluster_.denied()) denied = denied && known != path;
        if (denied) cluster_.add_denied(std::string(path));
    }

    const Node& node_;
    const ConsulConfig& config_;
    const TlsSettings* tls_;
    DialLimits limits_;
    Findings& out_;
    v1::ConsulCluster cluster_;
};

bool is_plain_word(std::string_view text) {
    constexpr auto* plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    return text != "." && text != ".." && text.find_first_not_of(plain) == std::string_view::npos;
}

// As Patroni joins its namespace, its scope and a key (AbstractDCS): with one slash between them, and none
// before. Empty where a part is no plain word to ask for.
std::string folder_of(const PatroniConfig& config) {
    std::string folder;
    for (const auto part : split(config.name_space, "/")) {
        if (!is_plain_word(part)) return {};
        folder += std::string(part) + "/";
    }
    const auto& scope = config.member.scope();
    return is_plain_word(scope) ? folder + scope + "/" : std::string();
}

// Of which Patroni cluster this node is a member, where its members agree in Consul; without a scope: of
// none.
PatroniKeys patroni_keys(const EndpointsView& view, Findings& out) {
    const auto text = view.config_of("patroni", paths::patroni_yaml, leader_affects);
    if (!text) return {};
    const auto parsed = parse_patroni_config(*text, paths::patroni_yaml);
    if (parsed.items.empty()) {
        view.report(parsed.problems, leader_affects);
        return {};
    }
    const auto& config = parsed.items.front();
    if (!config.by_consul) return {};
    auto folder = folder_of(config);
    if (!folder.empty()) return {config.member.scope(), std::move(folder)};
    out.gap(malformed(std::string(paths::patroni_yaml), "its scope or namespace is no plain word to ask for"),
            leader_affects);
    return {};
}

void set_uses(const EndpointsView& view, v1::Reach& reach) {
    for (const std::string service : {"patroni", "pgbouncer"}) {
        if (view.enabled(service)) reach.add_uses(service);
    }
    if (reach.uses().empty()) reach.add_uses("consul");
}

void look(const Node& node, const Asked& asked, Findings& out) {
    look_at_consul(node, {.until = asked.end_of_waiting(consul.limit)}, out);
}

}  // namespace

void look_at_consul(const Node& node, const DialLimits& limits, Findings& out) {
    Findings quiet(consul.name, [](const v1::Finding&) {});
    const EndpointsView view(node, node.live() ? out : quiet);
    const auto text = view.config_of("consul", paths::consul_json, affects);
    if (!text) return;
    const std::string source(paths::consul_json);
    if (!node.live())
        return out.gap({v1::Gap::NOT_LIVE, source, "a tree has no Consul agent to be asked"}, affects);
    const auto config = parse_consul_config(*text, source);
    if (!config) return out.gap(config.error(), affects);
    const auto tls = config->tls ? read_tls(node, *config->tls) : Result<TlsSettings>(TlsSettings());
    if (!tls) return out.gap(tls.error(), affects);
    v1::Reach reach;
    reach.set_kind("consul");
    set_uses(view, reach);
    const auto patroni = patroni_keys(view, out);
    Agent(node, *config, config->tls ? &*tls : nullptr, limits, out).ask(patroni, reach);
}

constexpr Probe consul{
    .name = "consul",
    .looks_at = "this node's Consul agent, asked: leader, peers, members, health, Patroni's leader",
    .needs = ReadAllFiles{},
    .limit = 10s,
    .look = look,
};

}  // namespace preflight::probes
