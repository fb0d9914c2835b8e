#include "readiness/way_back/needs.h"

#include <algorithm>
#include <set>
#include <utility>

#include "readiness/attestations.h"
#include "readiness/condition.h"
#include "readiness/installed.h"
#include "readiness/proofs.h"
#include "readiness/verdict.h"
#include "readiness/way_back/archive_fit.h"
#include "readiness/way_back/packages_back.h"

namespace preflight::readiness {
namespace {

using Is = v1::ReturnNeed;

// A verdict only carries sentence, nodes and evidence here.
v1::Verdict shown(std::string_view sentence) { return verdict(v1::LEVEL_UNSPECIFIED, "", sentence); }

v1::Verdict shown(const Archive& archive, const std::string& sentence) {
    auto said = shown(sentence);
    about(said, *archive.node, *archive.finding, clipped(archive.what->path(), 200));
    return said;
}

// "18.8.11 EE"; of a fleet with both editions, or none that was seen, without one.
std::string version_of(const Version& version, const Fleet& fleet) {
    std::set<v1::Edition> editions;
    for (const auto& installed : installations(fleet)) editions.insert(installed.what->edition());
    const bool one = editions.size() == 1 && *editions.begin() != v1::EDITION_UNSPECIFIED;
    return version.text() + (one ? " " + v1::Edition_Name(*editions.begin()) : "");
}

v1::ReturnNeed backup(const Leg& leg, bool first, const Return& back) {
    Need need("backup", "A full backup of " + version_of(leg.from, back.fleet) + ", read to its end");
    if (first) {
        need.say_checks(back.told, {"backup.complete", "backup.fresh", "backup.proved"});
        // What the check of the version asks is what runs beside the archive.
        if (const auto* best = back.archives.best; best != nullptr) {
            const auto fit = fit_of(*best, leg.from, back.fleet);
            need.say(fit.state, shown(*best, fit.sentence));
        }
    } else {
        need.say(Is::MISSING, shown("it can only be made once " + leg.from.text() +
                                    " runs, and must be there before this hop begins"));
    }
    return std::move(need).result();
}

// No copy of /etc/gitlab says of which version it is: a node that left the one of before may have made it
// since.
void say_newer(Need& need, const Leg& leg, const Fleet& fleet) {
    auto open = shown("whether the copy was made before " + leg.from.text() + " was left is not known");
    for (const auto& installed : installations(fleet)) {
        if (installed.version && *installed.version != leg.from)
            about(open, *installed.node, *installed.finding, "runs " + installed.version->text());
    }
    if (!open.nodes().empty()) need.say(Is::NOT_KNOWN, std::move(open));
}

v1::ReturnNeed configuration(const Leg& leg, bool first, const Return& back) {
    Need need("configuration", "A backup of /etc/gitlab as " + leg.from.text() + " left it");
    if (first) {
        need.say_checks(back.told, {"backup.configuration"});
        say_newer(need, leg, back.fleet);
        need.attest(back.upgrade, "configuration_kept_elsewhere");
    } else {
        need.say(Is::MISSING,
                 shown("the hop before may change it: it is made anew once " + leg.from.text() + " runs"));
    }
    return std::move(need).result();
}

// The copies of the secrets that lie in the configuration backups, against what their nodes use.
void say_copies(Need& need, const Return& back) {
    auto same = shown("a configuration backup holds the secrets that are in use");
    auto other = shown("the configuration backup holds other secrets than its node uses");
    auto untold =
        shown("whether the configuration backup holds the secrets that are in use was not compared");
    for (const auto& node : back.fleet.nodes) {
        for (const auto& [copy, finding] :
             findings_of<&v1::Finding::has_configuration_backup, &v1::Finding::configuration_backup>(node)) {
            if (!copy->members_read() || !copy->has_secrets()) continue;
            auto& said = copy->secrets_equal() == v1::ConfigurationBackup::EQUAL       ? same
                         : copy->secrets_equal() == v1::ConfigurationBackup::DIFFERENT ? other
                                                                                       : untold;
            about(said, node, *finding, clipped(copy->path(), 200));
        }
    }
    // One good copy is enough: older ones beside it may be of older secrets.
    if (!same.nodes().empty()) return need.say(Is::PROVED, std::move(same));
    if (!untold.nodes().empty()) return need.say(Is::NOT_KNOWN, std::move(untold));
    if (!other.nodes().empty()) return need.say(Is::MISSING, std::move(other));
    need.say_checks(back.told, {"backup.configuration"});
}

v1::ReturnNeed secrets(const Leg& leg, bool first, const Return& back) {
    Need need("secrets", "gitlab-secrets.json with the secrets that the database of " + leg.from.text() +
                             " was written with");
    if (first) {
        say_copies(need, back);
        // A copy elsewhere makes no secrets fit the database.
        need.attest(back.upgrade, "secrets_kept_elsewhere");
        need.say_checks(back.told, {"secrets.agree", "secrets.open_database"});
    } else {
        need.say(Is::MISSING, shown("an upgrade may add secrets: the copy is made anew once " +
                                    leg.from.text() + " runs"));
    }
    return std::move(need).result();
}

v1::ReturnNeed package(const Leg& leg, bool first, const Return& back) {
    Need need("package", "The package or image of " + version_of(leg.from, back.fleet) + " at hand");
    const auto all = installations(back.fleet);
    auto others =
        shown("whether the image or the source of " + leg.from.text() + " can still be had was not seen");
    for (const auto& installed : all) {
        if (installed.what->method() != v1::Installation::LINUX_PACKAGE)
            about(others, *installed.node, *installed.finding,
                  v1::Installation::Method_Name(installed.what->method()));
    }
    say_packages(need, leg, first, back);
    if (!others.nodes().empty()) need.say(Is::NOT_KNOWN, std::move(others));
    // A host that did not report has its package or has not.
    need.say_unknown(back.told, {"coverage.nodes", "coverage.endpoints"});
    // It is a word about the version that runs now.
    if (first && !runs_another(back.fleet, leg.from)) need.attest(back.upgrade, "old_package_at_hand");
    return std::move(need).result();
}

// Of the folder that the backup lies in, or is made in.
const v1::BackupSpace* space_of(const Archive& archive, const v1::Finding*& finding) {
    for (const auto& [space, found] :
         findings_of<&v1::Finding::has_backup_space, &v1::Finding::backup_space>(*archive.node)) {
        if (space->path().empty() || space->size_bytes() == 0) continue;
        const std::string_view archive_path = archive.what->path();
        const bool beneath = archive_path.starts_with(space->path()) &&
                             (space->path().ends_with('/') || archive_path[space->path().size()] == '/');
        if (archive_path.size() <= space->path().size() || !beneath) continue;
        finding = found;
        return space;
    }
    return nullptr;
}

v1::ReturnNeed space(const Leg& leg, bool first, const Return& back) {
    Need need("space", "Room to unpack the backup beside itself");
    const auto* best = back.archives.best;
    if (best == nullptr) {
        need.say(Is::NOT_KNOWN, shown("there is no backup whose size could be gone by"));
    } else {
        const v1::Finding* finding = nullptr;
        const auto* room = space_of(*best, finding);
        const auto size = best->what->size_bytes();
        if (room == nullptr || size == 0) {
            need.say(Is::NOT_KNOWN, shown(*best, "how much room there is beside " + archive_name(*best) +
                                                     ", or how large it is, was not seen"));
        } else {
            auto said = shown(archive_name(*best) + " takes " + size_text(size) + " to unpack, " +
                              size_text(room->available_bytes()) + " are free");
            about(said, *best->node, *finding,
                  clipped(room->path(), 120) + " on " + clipped(room->filesystem(), 120));
            const bool fits = room->available_bytes() >= size;
            // Another backup lies there by then, of what another hop has made of the data.
            if (fits && !first)
                said.set_summary("the backup of " + leg.from.text() + " is not made yet; now " +
                                 said.summary());
            need.say(!fits ? Is::MISSING : first ? Is::PROVED : Is::NOT_KNOWN, std::move(said));
        }
    }
    need.attest(back.upgrade, "restore_room_at_hand");
    return std::move(need).result();
}

v1::ReturnNeed storages(const Leg& leg, const Return& back) {
    Need need("storages", "Repositories of every storage in the backup");
    const auto* best = back.archives.best;
    if (best == nullptr) {
        need.say(Is::NOT_KNOWN, shown("no backup was seen that could hold them"));
        return std::move(need).result();
    }
    const auto name = archive_name(*best);
    const auto last = last_proof(*best);
    const auto* proof = last.what;
    const auto say = [&](v1::ReturnNeed::State state, const std::string& sentence) {
        auto said = shown(sentence);
        about(said, *best->node, last.finding == nullptr ? *best->finding : *last.finding,
              clipped(best->what->path(), 200));
        need.say(state, std::move(said));
    };
    if (fit_of(*best, leg.from, back.fleet).state == Is::MISSING) {
        say(Is::NOT_KNOWN, "no backup of " + leg.from.text() + " was seen that could hold them");
    } else if (best->state == Archive::State::server_side) {
        say(Is::NOT_KNOWN, "the repositories lie in a bucket that nobody has seen");
    } else if (proof == nullptr || !proof->storages_shown()) {
        say(Is::NOT_KNOWN, "of which storages " + name + " holds repositories was not seen");
    } else if (!proof->storages_missing().empty()) {
        std::vector<std::string> missing;
        for (const auto& storage : proof->storages_missing()) missing.push_back(clipped(storage, 80));
        say(Is::MISSING, name + " holds no repository of " + listed_first(missing));
    } else if (proof->rung() < v1::BackupProof::LISTED) {
        say(Is::NOT_KNOWN, name + " could not be listed to its end");
    } else {
        say(Is::PROVED, name + " holds repositories of every storage");
    }
    return std::move(need).result();
}

v1::ReturnNeed object_storage(const Return& back) {
    Need need("object_storage", "Backups of what lies in object storage");
    v1::Condition asked;
    asked.mutable_uses()->add_kinds("object_storage");
    auto decided = evaluate(asked, back.fleet, back.upgrade, back.knowledge);
    switch (decided.truth) {
        case Truth::fails:
            decided.shown.set_summary("no node is told to use object storage");
            need.say(Is::PROVED, std::move(decided.shown));
            break;
        case Truth::holds:
            decided.shown.set_summary(
                "no backup of GitLab's holds what lies there, and no node can see whether it is kept");
            need.say(Is::NOT_KNOWN, std::move(decided.shown));
            break;
        case Truth::unknown:
            decided.shown.set_summary("whether data lie in object storage was not seen");
            need.say(Is::NOT_KNOWN, std::move(decided.shown));
            break;
    }
    need.attest(back.upgrade, "object_storage_backed_up");
    return std::move(need).result();
}

bool has_praefect(const Fleet& fleet) {
    return std::ranges::any_of(fleet.nodes,
                               [](const FleetNode& node) { return has_role(node, v1::NodeRoles::PRAEFECT); });
}

// A hop may change it, and no backup of GitLab's holds it.
v1::ReturnNeed praefect(const Leg& leg, bool first, const Return& back) {
    Need need("praefect", "A dump of Praefect's own database as " + leg.from.text() + " left it");
    if (first) {
        need.say(Is::NOT_KNOWN, shown("no probe can see it"));
        need.attest(back.upgrade, "praefect_database_dumped");
    } else {
        need.say(Is::MISSING, shown("it can only be made once " + leg.from.text() + " runs"));
    }
    return std::move(need).result();
}

// What only a person can say.
v1::ReturnNeed stated(std::string_view id, std::string what, std::string_view statement,
                      std::string_view open, const Return& back) {
    Need need(id, std::move(what));
    need.say(Is::NOT_KNOWN, shown(open));
    need.attest(back.upgrade, statement);
    return std::move(need).result();
}

// They are of the version that ran when they were made.
v1::ReturnNeed snapshots(bool first, const Return& back) {
    Need need("snapshots", "Instead of a restore: snapshots of one moment of every node");
    need.say(Is::NOT_KNOWN, shown("no probe can see them; they serve only where they cover every node"));
    if (first) need.attest(back.upgrade, "snapshots_cover_every_node");
    return std::move(need).result();
}

}  // namespace

std::vector<v1::ReturnNeed> needs_of(const Leg& leg, bool first, const Return& back) {
    std::vector<v1::ReturnNeed> needs{backup(leg, first, back), configuration(leg, first, back),
                                      secrets(leg, first, back), package(leg, first, back),
                                      space(leg, first, back)};
    if (first) needs.push_back(storages(leg, back));
    if (has_praefect(back.fleet)) needs.push_back(praefect(leg, first, back));
    needs.push_back(object_storage(back));
    needs.push_back(stated("elsewhere", "Copies of the backups off the hosts of the instance",
                           "backups_kept_elsewhere", "no probe can see it", back));
    needs.push_back(stated("rehearsal", "A restore that was rehearsed", "restore_rehearsed",
                           "no probe can see it", back));
    needs.push_back(snapshots(first, back));
    return needs;
}

}  // namespace preflight::readiness
