// What is unique about the instance: what was changed, added, or lies elsewhere than in a new one.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "readiness/installed.h"
#include "readiness/search_stores.h"
#include "readiness/support_answers/question.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Answer = v1::SupportAnswer;

struct Topic {
    std::string_view name;
    v1::Condition asked;
    bool in_database = false;  // files of the nodes alone cannot deny it
};

v1::Condition uses(std::initializer_list<const char*> kinds) {
    v1::Condition asked;
    for (const auto* kind : kinds) asked.mutable_uses()->add_kinds(kind);
    return asked;
}

v1::Condition sets(std::initializer_list<const char*> keys) {
    v1::Condition asked;
    for (const auto* key : keys) asked.mutable_setting()->add_keys(key);
    return asked;
}

std::vector<Topic> topics() {
    v1::Condition network;
    network.mutable_filesystem()->set_network(true);
    v1::Condition fips;
    fips.mutable_any()->add_of()->mutable_security()->set_fips(true);
    fips.mutable_any()->add_of()->mutable_installed()->set_fips(true);
    v1::Condition selinux;
    selinux.mutable_security()->set_selinux_enforcing(true);
    v1::Condition balancer;
    balancer.mutable_nodes()->set_role(v1::NodeRoles::LOAD_BALANCER);
    return {
        {"Object storage", uses({"object_storage"})},
        {"LDAP", uses({"ldap"})},
        {"Mail by SMTP or incoming mail", uses({"smtp", "incoming_email"})},
        {"Search and analytics servers", uses({"elasticsearch", "zoekt", "clickhouse"}), true},
        {"GitLab's data on a filesystem of the network (NFS and the like)", std::move(network)},
        {"FIPS", std::move(fips)},
        {"SELinux that enforces", std::move(selinux)},
        {"Load balancer among the nodes", std::move(balancer)},
        {"Proxies for outgoing requests, or other variables of the environment",
         sets({"gitlab_rails['env']*", "gitlab_workhorse['env']*", "gitaly['env']*", "gitlab_shell['env']*",
               "gitlab_pages['env']*", "gitlab_pages['http_proxy']", "registry['env']*", "sidekiq['env']*"})},
        {"Proxies or a balancer before GitLab's NGINX",
         sets({"nginx['enable']", "nginx['listen_port']", "nginx['listen_https']", "nginx['real_ip_*",
               "nginx['proxy_*", "gitlab_rails['trusted_proxies']"})},
    };
}

void answer_unread(Question& question, const Topic& topic, const Asked& asked) {
    v1::Verdict unseen;
    for (const auto& node : asked.fleet.nodes) {
        if (runs_application(node)) about_unseen(unseen, node, "postgres");
    }
    question.say(Answer::NOT_SEEN, topic.name, "What GitLab's database says of them was not read.", unseen);
}

void answer_topic(Question& question, const Topic& topic, const Asked& asked) {
    const auto decided = evaluate(topic.asked, asked.fleet, asked.upgrade, asked.knowledge);
    if (decided.truth != Truth::holds && topic.in_database && !search_stores_seen(asked.fleet))
        return answer_unread(question, topic, asked);
    switch (decided.truth) {
        case Truth::holds: {
            std::set<std::string> found;
            for (const auto& evidence : decided.shown.evidence()) found.insert(evidence.what());
            question.say(Answer::SEEN, topic.name,
                         "Yes: " + listed_first({found.begin(), found.end()}, 5) + ".", decided.shown);
            break;
        }
        case Truth::fails:
            question.say(Answer::SEEN, topic.name, "No.", decided.shown);
            break;
        case Truth::unknown:
            question.say(Answer::NOT_SEEN, topic.name, "It was not seen whole.", decided.shown);
            break;
    }
}

// What findings of one kind tell of each node that could have them: yes with their words, no where the probe
// saw all, else not seen. `tell` says whether it tells less than all.
template <typename Could, typename Tell>
void answer_told(Question& question, std::string_view topic, std::string_view probe, const Asked& asked,
                 const Could& could, const Tell& tell) {
    v1::Verdict told;
    v1::Verdict unseen;
    for (const auto& node : asked.fleet.nodes) {
        if (without_gitlab(node) || !could(node)) continue;
        const bool partly = tell(node, told);
        if (partly || !saw_all(node, probe)) about_unseen(unseen, node, probe);
    }
    std::set<std::string> words;
    for (const auto& evidence : told.evidence()) words.insert(evidence.what());
    if (!words.empty())
        question.say(Answer::SEEN, topic, "Yes: " + listed_first({words.begin(), words.end()}, 10) + ".",
                     told);
    if (!unseen.nodes().empty()) {
        question.say(Answer::NOT_SEEN, topic,
                     "It was not seen whole on " + counted(unseen.nodes().size(), "node") + ".", unseen);
    } else if (words.empty()) {
        question.say(Answer::SEEN, topic, "No.");
    }
}

bool tell_hooks(const FleetNode& node, v1::Verdict& told) {
    for (const auto& [hooks, finding] :
         findings_of<&v1::Finding::has_custom_hooks, &v1::Finding::custom_hooks>(node)) {
        const std::vector<std::string> names(hooks->hooks().begin(), hooks->hooks().end());
        about(told, node, *finding, listed_first(names, 5));
    }
    return false;
}

// A list that a limit cut short tells nothing of what was not looked at.
bool tell_modified(const FleetNode& node, v1::Verdict& told) {
    bool whole = false;
    for (const auto& [files, finding] :
         findings_of<&v1::Finding::has_modified_files, &v1::Finding::modified_files>(node)) {
        whole = files->all_looked_at();
        const auto changed = files->modified_total() + files->missing_total();
        if (changed == 0) continue;
        std::vector<std::string> names(files->modified().begin(), files->modified().end());
        names.insert(names.end(), files->missing().begin(), files->missing().end());
        about(told, node, *finding,
              counted(changed, "file") + " changed or missing: " + listed_first(names, 3));
    }
    return !whole;
}

// Of a new single node (omnibus-gitlab, services enabled by default).
constexpr std::array<std::string_view, 15> usual{
    "alertmanager", "gitaly", "gitlab-exporter", "gitlab-kas",        "gitlab-workhorse",
    "logrotate",    "nginx",  "node-exporter",   "postgres-exporter", "postgresql",
    "prometheus",   "puma",   "redis",           "redis-exporter",    "sidekiq",
};

bool tell_services(const FleetNode& node, v1::Verdict& told) {
    for (const auto& [service, finding] :
         findings_of<&v1::Finding::has_service, &v1::Finding::service>(node)) {
        if (!service->enabled() || std::ranges::find(usual, std::string_view(service->name())) != usual.end())
            continue;
        about(told, node, *finding, clipped(service->name(), 60));
    }
    return false;
}

}  // namespace

void answer_unique(Question& question, const Asked& asked) {
    const auto any = [](const FleetNode&) { return true; };
    const auto packaged = [](const FleetNode& node) {
        return from_package(node) || installation_unseen(node);
    };
    const auto gitaly = [](const FleetNode& node) {
        return has_role(node, v1::NodeRoles::GITALY) || !roles_seen(node);
    };
    answer_told(question, "Custom server hooks", "packages", asked, gitaly, tell_hooks);
    answer_told(question, "Files of the package that were changed", "packages", asked, packaged,
                tell_modified);
    answer_told(question, "Services beyond those of a new node", "services", asked, any, tell_services);
    for (const auto& topic : topics()) answer_topic(question, topic, asked);
}

}  // namespace preflight::readiness
