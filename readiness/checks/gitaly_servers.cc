#include "readiness/checks/gitaly_servers.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "readiness/git_fit.h"
#include "readiness/installed.h"
#include "readiness/node_match.h"
#include "readiness/telling.h"

namespace preflight::readiness {
namespace {

using Status = v1::GitalyStatus;
using Role = v1::NodeRoles;

struct Cases {
    v1::Verdict not_serving = verdict(v1::BLOCKER, "not_serving", "a Gitaly answers that it does not serve");
    v1::Verdict other_version = verdict(v1::BLOCKER, "other_version",
                                        "a Gitaly runs another version than what is installed beside it");
    v1::Verdict unusable =
        verdict(v1::BLOCKER, "storage_unusable", "a Gitaly cannot read or write one of its storages");
    v1::Verdict not_served =
        verdict(v1::BLOCKER, "not_served", "the server that a storage is configured for does not have it");
    v1::Verdict unseen = verdict(v1::UNKNOWN, "unseen", "not every Gitaly in use told its state");
    v1::Verdict version_unseen =
        verdict(v1::UNKNOWN, "version_unseen", "which version a Gitaly runs was not seen");
    // Both not more than a warning: a directory copied to a new server keeps its mark.
    v1::Verdict shared = verdict(
        v1::WARNING, "shared_disk",
        "two nodes serve a storage with the same mark: a copy of the directory, a clone, or one disk");
    v1::Verdict two_names =
        verdict(v1::WARNING, "two_names",
                "storages of two names have the same mark: a copy of the directory, or one disk");
    v1::Verdict not_asked = verdict(
        v1::NOTE, "not_asked", "a Gitaly was not asked for its version, because an old one writes to answer");
    v1::Verdict ready = verdict(v1::READY, "serving", "every Gitaly serves its storages");
};

std::optional<Version> version_on(const FleetNode& node) {
    for (const auto& installed : installations(node)) {
        if (installed.version) return installed.version;
    }
    return {};
}

// The node where it runs reports what is installed there.
bool node_is_seen(const Fleet& fleet, const FleetNode& asking, const std::string& address) {
    const auto host = split_address(address, 0).host;
    if (address.starts_with('/') || is_loopback(host)) return version_on(asking).has_value();
    const auto hosts = hosts_of(fleet);
    return std::ranges::any_of(hosts->going_by(host),
                               [](const FleetNode* node) { return version_on(*node).has_value(); });
}

class Judging {
  public:
    Judging(const Fleet& fleet, Cases& cases) : fleet_(fleet), cases_(cases) {}

    void judge(const FleetNode& node, const v1::Finding& finding, const Status& status) {
        if (node_ != &node) installed_ = version_on(node);
        node_ = &node;
        telling_.begin(node, finding, status.address());
        if (status.health() != "SERVING")
            telling_.say(cases_.not_serving,
                         "health " + (status.health().empty() ? "not told" : clipped(status.health(), 40)));
        if (status.server_version().empty()) {
            const bool seen = !status.note().empty() && node_is_seen(fleet_, node, status.address());
            telling_.say(seen ? cases_.not_asked : cases_.version_unseen,
                         status.note().empty() ? "no version" : clipped(status.note(), 200));
        } else {
            judge_version(node, status);
            judge_storages(status);
        }
        telling_.end(cases_.ready, "version " + clipped(status.server_version(), 40) + ", " +
                                       counted(static_cast<std::size_t>(status.storages_size()), "storage"));
    }

  private:
    void judge_version(const FleetNode& node, const Status& status) {
        const auto runs = parse_version(status.server_version());
        const auto text = clipped(status.server_version(), 40) + ", installed on " + node_name(node) +
                          " is " + (installed_ ? installed_->text() : "what was not seen");
        if (!runs || !installed_) {
            telling_.say(cases_.version_unseen, text);
        } else if (*runs != *installed_) {
            telling_.say(cases_.other_version, text);
        }
    }

    void judge_storages(const Status& status) {
        std::vector<std::string> unusable;
        for (const auto& storage : status.storages()) {
            const auto name = clipped(storage.name(), 80);
            if (!storage.readable()) unusable.push_back(name + " is not readable");
            if (storage.readable() && !storage.writeable()) unusable.push_back(name + " is not writeable");
        }
        if (!unusable.empty()) telling_.say(cases_.unusable, listed_first(unusable));
        if (status.storages().empty()) telling_.say(cases_.unseen, "told of no storage");
    }

    const Fleet& fleet_;
    Cases& cases_;
    const FleetNode* node_ = nullptr;   // that told last
    std::optional<Version> installed_;  // there
    Telling telling_;
};

bool names(const Status& status, const std::string& storage) {
    return std::ranges::find(status.storages(), storage, &Status::Storage::name) != status.storages().end();
}

// Space is told by the storages behind a Praefect, the rest by its own.
bool shows_storages(const Status& status) {
    return !status.storages().empty() && !(status.praefect() && status.server_version().empty());
}

// Storages that Rails has: the server behind each told of it.
void judge_declared(const FleetNode& node, Cases& cases) {
    const auto told = findings_of<&v1::Finding::has_gitaly_status, &v1::Finding::gitaly_status>(node);
    for (const auto& [endpoint, finding] :
         findings_of<&v1::Finding::has_gitaly_endpoint, &v1::Finding::gitaly_endpoint>(node)) {
        const auto use = "rails " + endpoint->storage();
        const auto what =
            "storage " + clipped(endpoint->storage(), 80) + " at " + clipped(endpoint->address(), 120);
        const auto status = std::ranges::find_if(told, [&](const auto& one) {
            return std::ranges::find(one.first->uses(), use) != one.first->uses().end();
        });
        if (status == told.end()) {
            about(cases.unseen, node, *finding, what + ": no answer was told");
        } else if (const auto [state, source] = *status;
                   shows_storages(*state) && !names(*state, endpoint->storage())) {
            about(cases.not_served, node, *source, what);
        }
    }
}

// Where a storage with a mark was seen. Gitaly writes the mark once, into the storage's own directory.
struct Marked {
    const FleetNode* node;
    const v1::Finding* finding;
    std::string name;
    std::string where;
    bool on_disk;  // of the node that serves it; else a server told it to whoever asked
};
using Marks = std::map<std::string, std::vector<Marked>>;

// A Praefect tells the mark of a storage behind it by the name of the virtual storage, but the space by the
// storage's own name: only what comes with both is the storage itself.
void take_told(const FleetNode& node, Marks& marks) {
    for (const auto& [status, finding] :
         findings_of<&v1::Finding::has_gitaly_status, &v1::Finding::gitaly_status>(node)) {
        for (const auto& storage : status->storages()) {
            const bool has_space = storage.available_bytes() > 0 || storage.used_bytes() > 0;
            if (storage.filesystem_id().empty() || !has_space) continue;
            marks[storage.filesystem_id()].push_back(
                {&node, finding, storage.name(), clipped(status->address(), 120), false});
        }
    }
}

void take_served(const FleetNode& node, Marks& marks, Cases& cases) {
    if (roles_seen(node) && !has_role(node, Role::GITALY)) return;
    const auto servers = findings_of<&v1::Finding::has_gitaly_server, &v1::Finding::gitaly_server>(node);
    if (has_role(node, Role::GITALY) && servers.empty()) about_unseen(cases.unseen, node, "endpoints");
    for (const auto& [server, finding] : servers) {
        for (const auto& storage : server->storages()) {
            if (storage.filesystem_id().empty()) continue;
            marks[storage.filesystem_id()].push_back(
                {&node, finding, storage.name(), clipped(storage.path(), 120), true});
        }
    }
}

// Several nodes tell of one server by one name: only another name, or another node that serves it, is a
// second storage.
void judge_disks(const Fleet& fleet, Cases& cases) {
    Marks marks;
    for (const auto& node : fleet.nodes) {
        take_served(node, marks, cases);
        take_told(node, marks);
    }
    for (const auto& [id, seen] : marks) {
        std::set<const FleetNode*> serving;
        std::set<std::string> names;
        for (const auto& one : seen) {
            if (one.on_disk) serving.insert(one.node);
            names.insert(one.name);
        }
        const bool shared = serving.size() > 1;
        if (!shared && names.size() < 2) continue;
        for (const auto& [node, finding, name, where, on_disk] : seen) {
            const auto text = " has the mark " + clipped(id, 40);
            if (shared && on_disk) about(cases.shared, *node, *finding, where + text);
            if (!shared) about(cases.two_names, *node, *finding, clipped(name, 80) + " at " + where + text);
        }
    }
}

void judge_node(const FleetNode& node, Judging& judging, Cases& cases) {
    std::set<std::string> answered;
    for (const auto& [status, finding] :
         findings_of<&v1::Finding::has_gitaly_status, &v1::Finding::gitaly_status>(node)) {
        judging.judge(node, *finding, *status);
        answered.insert(status->address());
    }
    judge_declared(node, cases);
    about_untold(
        cases.unseen, node,
        {{Role::RAILS, Role::SIDEKIQ, Role::GITALY, Role::PRAEFECT}, "gitaly", {"gitaly", "praefect"}},
        answered);
}

std::vector<v1::Verdict> judge(const Fleet& fleet, const Upgrade& upgrade, const v1::Knowledge& knowledge) {
    Cases cases;
    Judging judging(fleet, cases);
    for (const auto& node : fleet.nodes) judge_node(node, judging, cases);
    judge_disks(fleet, cases);
    auto verdicts =
        kept({&cases.not_serving, &cases.other_version, &cases.unusable, &cases.not_served, &cases.unseen,
              &cases.version_unseen, &cases.shared, &cases.two_names, &cases.not_asked, &cases.ready},
             fleet, "unused", "no node uses Gitaly");
    for (auto& found : judge_git(fleet, upgrade, knowledge)) verdicts.push_back(std::move(found));
    return verdicts;
}

}  // namespace

constexpr Check gitaly_servers{
    .id = "gitaly.servers",
    .asks = "Does every Gitaly answer, with the version and the storages that are expected?",
    .judge = judge,
};

}  // namespace preflight::readiness
