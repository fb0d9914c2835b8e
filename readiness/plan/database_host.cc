#include "readiness/plan/database_host.h"

#include <string_view>

#include "readiness/node_match.h"
#include "readiness/step_text.h"

namespace preflight::readiness {
namespace {

// What the commands of the knowledge say where the address goes.
constexpr std::string_view host_word = "POSTGRESQL_HOST";
constexpr std::uint32_t usual_port = 5432;

// Of a server that listens everywhere the address is that of the node, if it has but one.
std::string listening_host(const FleetNode& node) {
    for (const auto& [listener, finding] :
         findings_of<&v1::Finding::has_listener, &v1::Finding::listener>(node)) {
        if (listener->service() != "postgresql" || listener->port() != usual_port) continue;
        const auto& address = listener->address();
        const bool everywhere = address == "0.0.0.0" || address == "*" || address == "::";
        if (!everywhere && !address.empty() && !is_loopback(address)) return address;
        for (const auto& [host, told] : findings_of<&v1::Finding::has_host, &v1::Finding::host>(node)) {
            if (everywhere && host->addresses_size() == 1) return host->addresses(0);
        }
    }
    return {};
}

void fill(std::string& text, const std::string& host) {
    for (auto at = text.find(host_word); at != std::string::npos; at = text.find(host_word, at + host.size()))
        text.replace(at, host_word.size(), host);
}

void fill(v1::Command& command, const std::string& host) {
    for (auto& word : *command.mutable_argv()) fill(word, host);
}

}  // namespace

std::string database_host(const PlanSite& site) {
    const auto* main = main_database(site);
    if (main == nullptr) return {};
    auto host = main->patroni ? main->database_host : listening_host(*main->node);
    return is_plain_word(host) ? host : std::string();
}

void name_database_host(google::protobuf::RepeatedPtrField<v1::PlanStep>& steps, const PlanSite& site) {
    const auto host = database_host(site);
    if (host.empty()) return;
    const bool moves = main_database(site)->patroni;
    for (auto& step : steps) {
        if (moves && step.phase() != v1::PlanStep::BEFORE_WINDOW) return;
        for (auto& command : *step.mutable_commands()) fill(command, host);
        if (step.has_verify()) fill(*step.mutable_verify(), host);
        fill(*step.mutable_note(), host);
    }
}

}  // namespace preflight::readiness
