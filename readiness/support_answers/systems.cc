// How GitLab is installed, on which systems, and on how many nodes of which kind.
#include <algorithm>
#include <map>
#include <set>

#include "readiness/checks/coverage_endpoints.h"
#include "readiness/installed.h"
#include "readiness/node_match.h"
#include "readiness/plan/crew_sites.h"
#include "readiness/support.h"
#include "readiness/support_answers/question.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Answer = v1::SupportAnswer;

std::string method_text(v1::Installation::Method method) {
    switch (method) {
        case v1::Installation::LINUX_PACKAGE:
            return "Linux package";
        case v1::Installation::DOCKER:
            return "Container (Docker) with the Linux package";
        case v1::Installation::CLOUD_NATIVE:
            return "Cloud native (Helm chart or Operator)";
        case v1::Installation::SELF_COMPILED:
            return "Compiled from source";
        default:
            return "In a way that is not known here";
    }
}

// "Linux package gitlab-ee 19.2.4-ee.0, FIPS build"
std::string text_of(const Installed& installed) {
    const auto& what = *installed.what;
    auto text = method_text(what.method());
    if (!what.package_name().empty()) text += " " + clipped(what.package_name(), 60);
    if (!what.package_version().empty()) {
        text += " " + clipped(what.package_version(), 80);
    } else {
        text += installed.version ? ", GitLab " + version_text(*installed.version, what.edition())
                                  : ", its version was not seen";
    }
    return text + (what.fips() ? ", FIPS build" : "");
}

const v1::OperatingSystem* system_of(const FleetNode& node, const v1::Finding*& finding) {
    for (const auto& [system, found] :
         findings_of<&v1::Finding::has_operating_system, &v1::Finding::operating_system>(node)) {
        finding = found;
        return system;
    }
    return nullptr;
}

std::string name_of(const v1::OperatingSystem& system) {
    auto text = system.pretty_name().empty() ? system.id() + " " + system.version_id() : system.pretty_name();
    if (!system.architecture().empty()) text += ", " + architecture_name(system.architecture());
    if (!system.glibc().empty()) text += ", glibc " + system.glibc();
    return clipped(text, 200);
}

std::string life_of(const v1::OperatingSystemSupport& support) {
    return support.end_of_life().empty()
               ? std::string()
               : " The vendor's standard support of it ends " + support.end_of_life() + ".";
}

std::string end_of_packages(const v1::OperatingSystemSupport& support) {
    if (!support.last().empty()) return "the last with them is GitLab " + support.last() + ".";
    if (support.disputed_last().empty()) return "no end of them is announced.";
    return "GitLab's list names " + support.disputed_last() +
           " as the last with them, which other sources do not bear out.";
}

// Whether later versions of GitLab have packages for the system.
std::string later_updates(const v1::OperatingSystemSupport& support, const Build& build,
                          const Version& target) {
    const auto goal = "GitLab " + target.text();
    const auto for_it = (build.fips ? "FIPS packages for " : "packages for ") + support.name();
    switch (packages_for(support, build, target)) {
        case Packages::offered:
            return goal + " has " + for_it + "; " + end_of_packages(support);
        case Packages::ended:
            return "No later updates: " + for_it + " end with GitLab " + support.last() + ", the target is " +
                   target.text() + ".";
        case Packages::not_yet:
            return goal + " has no " + for_it + " yet.";
        case Packages::gap:
            return goal + " was built without " + for_it + ".";
        case Packages::never:
            break;
    }
    return "GitLab has no " + for_it + ".";
}

void answer_system(Question& question, const FleetNode& node, const Asked& asked) {
    const v1::Finding* finding = nullptr;
    const auto* system = system_of(node, finding);
    v1::Verdict shown;
    if (system == nullptr || system->id().empty()) {
        about_unseen(shown, node, "system");
        question.say(Answer::NOT_SEEN, node_name(node), "The operating system was not seen.", shown);
        return;
    }
    about(shown, node, *finding, name_of(*system));
    const auto here = installations(node);
    const auto head = name_of(*system) + ". ";
    const auto packaged = std::ranges::find_if(here, [](const Installed& installed) {
        return installed.what->method() == v1::Installation::LINUX_PACKAGE;
    });
    if (packaged == here.end()) {
        const auto* why = here.empty() ? "Whether GitLab's packages are used on it was not seen."
                                       : "GitLab is not from its packages.";
        question.say(here.empty() && !without_gitlab(node) ? Answer::NOT_SEEN : Answer::SEEN, node_name(node),
                     head + (without_gitlab(node) ? "There is no GitLab on it." : why), shown);
        return;
    }
    const auto* support = find_support(*system, asked.knowledge);
    if (support == nullptr) {
        question.say(
            Answer::NOT_SEEN, node_name(node),
            head + "It is not in the table of systems: whether there are later updates is not known.", shown);
        return;
    }
    question.say(Answer::SEEN, node_name(node),
                 head + later_updates(*support, build_of(*packaged->what, *system), asked.upgrade.target) +
                     life_of(*support),
                 shown);
}

std::string roles_of(const FleetNode& node) {
    std::set<int> roles;
    for (const auto& [found, finding] :
         findings_of<&v1::Finding::has_node_roles, &v1::Finding::node_roles>(node)) {
        roles.insert(found->roles().begin(), found->roles().end());
    }
    std::vector<std::string> names;
    for (const auto role : roles) {
        if (const auto name = role_name(role); !name.empty()) names.emplace_back(name);
    }
    return names.empty() ? "none of GitLab's services" : listed(names);
}

// "8 processors, 31.3 GiB of memory"
std::string size_of(const FleetNode& node) {
    for (const auto& [host, finding] : findings_of<&v1::Finding::has_host, &v1::Finding::host>(node)) {
        if (host->processors() == 0 || host->memory_bytes() == 0) continue;
        return "; " + counted(host->processors(), "processor") + ", " + size_text(host->memory_bytes()) +
               " of memory";
    }
    return {};
}

void answer_node(Question& question, const FleetNode& node, const NodeSite& site) {
    v1::Verdict shown;
    if (!roles_seen(node)) {
        about_unseen(shown, node, "services");
        question.say(Answer::NOT_SEEN, node_name(node), "What runs on it was not seen.", shown);
        return;
    }
    for (const auto& [found, finding] :
         findings_of<&v1::Finding::has_node_roles, &v1::Finding::node_roles>(node)) {
        const std::vector<std::string> set(found->configured().begin(), found->configured().end());
        about(shown, node, *finding, set.empty() ? "by the enabled services" : "roles set: " + listed(set));
    }
    const auto where = site.known ? "; Geo site " + site.name : std::string();
    question.say(Answer::SEEN, node_name(node), roles_of(node) + where + size_of(node), shown);
}

// Nodes that must report, and of which nothing was ever heard.
std::vector<std::string> missing_nodes(const Asked& asked) {
    const auto expected = not_there(asked.fleet, asked.upgrade.expected_nodes);
    std::vector<std::string> missing;
    missing.reserve(expected.size());
    for (const auto& name : expected) missing.push_back(clipped(name, 80));
    return missing;
}

// Endpoints of which nobody knows whose they are.
void answer_unreported(Question& question, const Asked& asked) {
    for (const auto& endpoint : asked.told.endpoints()) {
        if (endpoint.state() != v1::EndpointCoverage::NOT_COVERED) continue;
        const std::vector<std::string> users(endpoint.used_by().begin(), endpoint.used_by().end());
        question.say(Answer::NOT_SEEN, endpoint.address(),
                     endpoint.kind() + " that " + listed_first(users, 5) +
                         (users.size() == 1 ? " uses" : " use") + ": no node reports that it answers there.");
    }
}

bool all_accounted_for(const Asked& asked) {
    return std::ranges::any_of(asked.told.verdicts(), [](const v1::Verdict& verdict) {
        return verdict.check() == coverage_endpoints.id && verdict.level() == v1::READY;
    });
}

std::string single_text(const Asked& asked) {
    const bool external =
        std::ranges::any_of(asked.told.endpoints(), [](const v1::EndpointCoverage& endpoint) {
            return endpoint.state() == v1::EndpointCoverage::EXTERNAL;
        });
    return external ? "A single node, with servers outside it."
                    : "A single node: PostgreSQL, Redis and Gitaly are its own.";
}

}  // namespace

void answer_installation(Question& question, const Asked& asked) {
    std::map<std::string, v1::Verdict> ways;
    v1::Verdict unseen;
    v1::Verdict without;
    for (const auto& node : asked.fleet.nodes) {
        if (installation_unseen(node)) about_unseen(unseen, node, "installation");
        if (without_gitlab(node)) about(without, node);
        for (const auto& installed : installations(node)) {
            auto text = text_of(installed);
            about(ways[text], node, *installed.finding, text);
        }
    }
    for (const auto& [text, shown] : ways) question.say_of_nodes(Answer::SEEN, text, shown);
    question.say_of_nodes(Answer::SEEN, "No GitLab", without);
    question.say_of_nodes(Answer::NOT_SEEN, "How GitLab is installed was not seen", unseen);
}

void answer_systems(Question& question, const Asked& asked) {
    for (const auto& node : asked.fleet.nodes) answer_system(question, node, asked);
}

void answer_architecture(Question& question, const Asked& asked) {
    const auto count = asked.fleet.nodes.size();
    const auto reporting = static_cast<std::size_t>(std::ranges::count_if(asked.fleet.nodes, inspected));
    const auto missing = missing_nodes(asked);
    if (!missing.empty()) {
        question.say(Answer::NOT_SEEN, "",
                     counted(count, "node") + " known, " + std::to_string(reporting) +
                         " reporting; expected, and not there: " + listed_first(missing) + ".");
    } else if (count == 1 && all_accounted_for(asked)) {
        question.say(Answer::SEEN, "", single_text(asked));
    } else if (count == 1) {
        question.say(Answer::NOT_SEEN, "",
                     "One node is known; whether it uses servers on others was not seen whole.");
    } else {
        question.say(reporting == count ? Answer::SEEN : Answer::NOT_SEEN, "",
                     std::to_string(count) + " nodes are known, " + std::to_string(reporting) + " report.");
    }
    const auto sites = sites_by_node(asked.fleet);
    for (std::size_t at = 0; at < count; ++at) answer_node(question, asked.fleet.nodes[at], sites.of[at]);
    answer_unreported(question, asked);
}

}  // namespace preflight::readiness
