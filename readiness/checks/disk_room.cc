#include "readiness/checks/disk_room.h"

#include <algorithm>
#include <array>
#include <span>

#include "readiness/installed.h"
#include "readiness/route.h"
#include "readiness/telling.h"

namespace preflight::readiness {
namespace {

using Verdicts = std::vector<v1::Verdict>;

constexpr std::string_view package_step = "package";
constexpr std::string_view download_step = "download";
constexpr std::string_view postgresql_step = "postgresql_upgrade";
constexpr std::string_view backup_step = "backup";
constexpr std::string_view database_step = "database_backup";
constexpr std::string_view indexes_step = "index_migrations";
constexpr std::string_view largest_step = "largest_index";  // instead of the former, where it is known
constexpr std::string_view slots_step = "slots_wal";

std::string step_text(std::string_view step) {
    if (step == package_step) return "the package";
    if (step == download_step) return "the package's download";
    if (step == postgresql_step) return "an upgrade of PostgreSQL's data";
    if (step == database_step) return "the package's own backup of the database";
    if (step == indexes_step || step == largest_step) return "indexes that migrations build anew";
    if (step == slots_step) return "the log that slots keep meanwhile";
    return step == backup_step ? "the next full backup" : clipped(step, 60);
}

// What nothing measures: how much more it is than now hangs on the migrations of the target.
bool is_guess(std::string_view step) {
    return step == indexes_step || step == largest_step || step == slots_step;
}

// Who uses the databases whose migrations work on the data at this path; first who surely means this server.
std::span<const std::string_view> users_of(std::string_view path) {
    static constexpr std::array<std::string_view, 4> main{"own server", "rails main", "rails ci",
                                                          "rails sec"};
    static constexpr std::array<std::string_view, 2> tracking{"own tracking server", "rails geo"};
    if (path.find("/geo-postgresql/") != std::string_view::npos) return tracking;
    return main;
}

// Of these databases of the one server: a node may reach others beside it. 0: not told.
std::uint64_t largest_index(const FleetNode& node, std::string_view path) {
    const auto instances =
        findings_of<&v1::Finding::has_postgres_instance, &v1::Finding::postgres_instance>(node);
    const v1::PostgresInstance* server = nullptr;
    std::uint64_t largest = 0;
    for (const auto user : users_of(path)) {
        for (const auto& [instance, finding] : instances) {
            if (std::ranges::find(instance->uses(), user) == instance->uses().end()) continue;
            if (server == nullptr) server = instance;
            if (instance->address() == server->address())
                largest = std::max(largest, instance->largest_index_bytes());
        }
    }
    return largest;
}

// What a PostgreSQL tells of its largest index says more than the size of all its data.
v1::DiskNeed by_largest_index(v1::DiskNeed need, const FleetNode& node) {
    if (need.step() != indexes_step) return need;
    const auto largest = largest_index(node, need.path());
    if (largest == 0) return need;
    need.set_step(std::string(largest_step));
    need.set_need_bytes(largest);
    need.clear_terms();
    need.add_terms("the largest index has " + size_text(largest));
    return need;
}

std::string what_of(const v1::DiskNeed& need) {
    const std::vector<std::string> terms(need.terms().begin(), need.terms().end());
    return clipped(need.path(), 120) + " on " + clipped(need.filesystem(), 120) + ": needs " +
           passing(size_text(need.need_bytes())) +
           (need.have_known() ? ", has " + passing(size_text(need.have_bytes())) : std::string()) +
           (terms.empty() ? "" : passing(" (" + listed_first(terms, 3) + ")"));
}

// What a step takes: what the node measured, and what the knowledge says of it. 0: neither tells.
v1::DiskNeed reckoned(v1::DiskNeed need, const v1::Knowledge& knowledge) {
    constexpr std::uint64_t whole = 100;
    constexpr std::uint64_t more_than_any_disk = 1ULL << 53U;
    const auto row = std::ranges::find(knowledge.rooms(), need.step(), &v1::Room::step);
    if (row == knowledge.rooms().end()) return need;
    const auto measured = std::min(need.need_bytes(), more_than_any_disk);
    need.set_need_bytes(row->bytes() + measured * row->percent() / whole);
    v1::DiskNeed told;
    told.mutable_terms()->Swap(need.mutable_terms());
    need.add_terms(row->why());
    need.mutable_terms()->MergeFrom(told.terms());
    return need;
}

// A hop requires a newer major version of PostgreSQL than this one, or brings it by itself. What is not known
// is taken for yes.
bool upgraded_on_the_way(const Route& route, const v1::Knowledge& knowledge, const std::string& major) {
    const auto present = parse_version(major + ".0");
    if (!present || route.legs.empty()) return true;
    const auto newer = [&](const std::string& text) {
        const auto wanted = parse_version(text.find('.') == std::string::npos ? text + ".0" : text);
        return wanted && wanted->major > present->major;
    };
    return std::ranges::any_of(route.legs, [&](const Leg& leg) {
        const auto asks = [&](const v1::Requirement& row) {
            return row.component() == v1::ServerIs::POSTGRESQL && within(leg.to, row.gitlab()) &&
                   newer(row.minimum());
        };
        const auto brings = [&](const v1::Bundle& row) {
            return row.component() == v1::ServerIs::POSTGRESQL && within(leg.to, row.gitlab()) &&
                   newer(row.upgrades_itself_to());
        };
        return std::ranges::any_of(knowledge.requirements(), asks) ||
               std::ranges::any_of(knowledge.bundles(), brings);
    });
}

class Judging {
  public:
    Judging(const Fleet& fleet, const Upgrade& upgrade, const v1::Knowledge& knowledge)
        : route_(find_route(fleet, upgrade, knowledge)), knowledge_(knowledge) {}

    void judge(const FleetNode& node) {
        for (const auto& [need, finding] :
             findings_of<&v1::Finding::has_disk_need, &v1::Finding::disk_need>(node))
            judge_need(node, *finding, reckoned(by_largest_index(*need, node), knowledge_));
        for (const auto& [space, finding] :
             findings_of<&v1::Finding::has_backup_space, &v1::Finding::backup_space>(node))
            judge_backup(node, *finding, *space);
        if (misses_any(node)) about_unseen(unseen_, node, "disk_needs");
        if (misses_backup(node)) about_unseen(unseen_, node, "backups");
    }

    Verdicts result(const Fleet& fleet) && {
        auto rest = kept({&unseen_, &ready_}, fleet, "none", "no node has GitLab's package");
        if (!said_.empty() && rest.front().level() == v1::NOT_APPLICABLE) rest.clear();
        std::ranges::move(rest, std::back_inserter(said_));
        return std::move(said_);
    }

  private:
    void say(const FleetNode& node, const v1::Finding& finding, v1::Verdict found, std::string_view what) {
        about(found, node, finding, what);
        said_.push_back(std::move(found));
    }

    // Steps that lie on one filesystem need their room at different times: each is judged alone.
    void judge_need(const FleetNode& node, const v1::Finding& finding, const v1::DiskNeed& need) {
        const auto step = step_text(need.step());
        const auto what = what_of(need);
        if (!need.have_known() || need.need_bytes() == 0) {
            say(node, finding,
                verdict(v1::UNKNOWN, "not_known", "whether there is room for " + step + " was not seen"),
                what);
        } else if (need.have_bytes() >= need.need_bytes()) {
            about(ready_, node, finding, what);
        } else if (need.step() == postgresql_step && !upgrades_postgresql(node)) {
            say(node, finding,
                verdict(v1::NOTE, "too_small_later",
                        "there is too little room for " + step + ", which this path does not need"),
                what);
        } else if (is_guess(need.step())) {
            say(node, finding,
                verdict(v1::WARNING, "may_be_small", "there may be too little room for " + step), what);
        } else {
            say(node, finding, verdict(v1::BLOCKER, "too_small", "there is too little room for " + step),
                what);
        }
    }

    void judge_backup(const FleetNode& node, const v1::Finding& finding, const v1::BackupSpace& space) {
        if (space.newest_full_bytes() == 0) {
            return say(
                node, finding,
                verdict(v1::UNKNOWN, "no_estimate", "what the next full backup needs cannot be estimated"),
                clipped(space.path(), 120) + ": no full backup to go by");
        }
        v1::DiskNeed need;
        need.set_step(std::string(backup_step));
        need.set_path(space.path());
        need.set_filesystem(space.filesystem());
        need.set_need_bytes(space.newest_full_bytes());
        need.set_have_bytes(space.available_bytes());
        need.set_have_known(space.size_bytes() != 0);
        *need.mutable_terms() = space.terms();
        judge_need(node, finding, reckoned(std::move(need), knowledge_));
    }

    bool upgrades_postgresql(const FleetNode& node) const {
        const auto found =
            findings_of<&v1::Finding::has_postgres_server, &v1::Finding::postgres_server>(node);
        return found.empty() || std::ranges::any_of(found, [&](const auto& entry) {
                   return upgraded_on_the_way(route_, knowledge_, entry.first->major());
               });
    }

    // The probe reckons for the package, and for a PostgreSQL that the package runs.
    static bool misses_any(const FleetNode& node) {
        if (!from_package_or_image(node)) return installation_unseen(node);
        const auto has = [&](std::string_view step) {
            const auto needs = findings_of<&v1::Finding::has_disk_need, &v1::Finding::disk_need>(node);
            return std::ranges::any_of(needs, [&](const auto& need) { return need.first->step() == step; });
        };
        const bool runs_database = has_role(node, v1::NodeRoles::POSTGRESQL);
        return !saw_all(node, "disk_needs") || !roles_seen(node) || !has(package_step) ||
               (runs_database && !has(postgresql_step));
    }

    // Where a backup path is, its room is told, if the probe came so far.
    static bool misses_backup(const FleetNode& node) {
        const auto paths =
            findings_of<&v1::Finding::has_backup_settings, &v1::Finding::backup_settings>(node);
        const auto spaces = findings_of<&v1::Finding::has_backup_space, &v1::Finding::backup_space>(node);
        if (!spaces.empty() || without_gitlab(node)) return false;
        return broke_off(node, "backups") ||
               std::ranges::any_of(paths, [](const auto& path) { return path.first->path_present(); });
    }

    Route route_;
    const v1::Knowledge& knowledge_;
    Verdicts said_;
    v1::Verdict unseen_ =
        verdict(v1::UNKNOWN, "unseen", "what the steps of the upgrade need was not reckoned whole");
    v1::Verdict ready_ = verdict(v1::READY, "enough", "there is room for every step");
};

Verdicts judge(const Fleet& fleet, const Upgrade& upgrade, const v1::Knowledge& knowledge) {
    Judging judging(fleet, upgrade, knowledge);
    for (const auto& node : fleet.nodes) judging.judge(node);
    return std::move(judging).result(fleet);
}

}  // namespace

constexpr Check disk_room{
    .id = "disk.room",
    .asks = "Is there room for every step of the upgrade?",
    .judge = judge,
};

}  // namespace preflight::readiness
