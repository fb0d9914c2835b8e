#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "collector/command_line.h"
#include "collector/exit_status.h"
#include "collector/store.h"
#include "collector/table.h"
#include "model/clock.h"

namespace preflight::collector {
namespace {

struct NodesOptions {
    std::filesystem::path config;
    std::filesystem::path store;
};

using Row = std::vector<std::string>;

std::string version_of(const readiness::FleetNode& node) {
    for (const auto& [what, finding] :
         readiness::findings_of<&v1::Finding::has_installation, &v1::Finding::installation>(node)) {
        if (!what->version().empty()) return what->version();
        if (what->method() == v1::Installation::NONE) return "none";
    }
    return "unknown";
}

std::string roles_of(const readiness::FleetNode& node) {
    std::string text;
    bool known = false;
    for (const auto& [what, finding] :
         readiness::findings_of<&v1::Finding::has_node_roles, &v1::Finding::node_roles>(node)) {
        known = true;
        for (const auto role : what->roles()) {
            auto name = v1::NodeRoles::Role_Name(static_cast<v1::NodeRoles::Role>(role));
            std::transform(name.begin(), name.end(), name.begin(), [](unsigned char character) {
                return static_cast<char>(character == '_' ? '-' : std::tolower(character));
            });
            text += (text.empty() ? "" : ",") + name;
        }
    }
    if (!known) return "unknown";
    return text.empty() ? "none" : text;
}

Row row_of(const readiness::FleetNode& node) {
    const auto& inspection = node.inspection;
    const auto& findings = inspection.findings();
    const auto gaps =
        std::count_if(findings.begin(), findings.end(), [](const auto& f) { return f.has_gap(); });
    const bool finished = inspection.has_finished_at();
    return {inspection.node().name(),
            inspection.node().id().substr(0, 8),
            version_of(node),
            roles_of(node),
            to_iso8601(node.last_heard),
            finished ? std::to_string(findings.size() - gaps) : "none finished",
            finished ? std::to_string(gaps) : "-"};
}

int run(const NodesOptions& options) {
    const auto settings = settings_of(options.config);
    const auto store =
        Store::open(options.store.empty() ? settings.store : options.store, Store::Mode::read_only);
    const auto fleet = store ? store->fleet() : Result<readiness::Fleet>(store.error());
    if (!fleet) {
        complain("the store " + line_of(fleet.error()));
        return cannot_say;
    }
    std::vector<Row> rows{{"NAME", "ID", "VERSION", "ROLES", "LAST HEARD", "FINDINGS", "GAPS"}};
    for (const auto& node : fleet->nodes) rows.push_back(row_of(node));
    print_table(rows);
    return all_well;
}

}  // namespace

void add_nodes_command(CLI::App& program, int& status) {
    auto* command = program.add_subcommand("nodes", "List the nodes that have reported");
    auto options = std::make_shared<NodesOptions>();
    add_config_option(*command, options->config);
    add_store_option(*command, options->store);
    command->callback([options, &status] { status = run(*options); });
}

}  // namespace preflight::collector
