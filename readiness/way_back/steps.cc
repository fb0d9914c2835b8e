#include "readiness/way_back/steps.h"

#include <algorithm>
#include <map>
#include <utility>

#include "readiness/bundled_postgresql.h"
#include "readiness/condition.h"
#include "readiness/plan/backup_route.h"
#include "readiness/plan/praefect_database.h"
#include "readiness/plan/undertaking.h"
#include "readiness/step_text.h"
#include "readiness/way_back/order_back.h"

namespace preflight::readiness {
namespace {

using Method = v1::Installation;

// Words that a person fills in.
constexpr auto some_backup = "BACKUP";
constexpr auto some_copy = "CONFIGURATION_BACKUP";

bool has_commands(const PlanNode& node) {
    return node.method() == Method::LINUX_PACKAGE || node.method() == Method::DOCKER;
}

// How the node comes by the version of before.
std::string_view install_text(const PlanNode& node) {
    switch (node.method()) {
        case Method::DOCKER:
            return "back_install_docker";
        case Method::CLOUD_NATIVE:
            return "back_install_cloud_native";
        case Method::SELF_COMPILED:
            return "back_install_self_compiled";
        default:
            break;
    }
    switch (node.way.manager) {
        case PackageManager::apt:
            return "back_install_apt";
        case PackageManager::dnf:
        case PackageManager::yum:
            return "back_install_dnf";
        case PackageManager::zypper:
            return "back_install_zypper";
        default:
            return "back_install_unknown";
    }
}

// The newest copy of /etc/gitlab on the node that holds both files, as a word for a command; none of which it
// is known that its secrets are not those that the database is written with.
std::string copy_of(const FleetNode& node) {
    const v1::ConfigurationBackup* newest = nullptr;
    for (const auto& [copy, finding] :
         findings_of<&v1::Finding::has_configuration_backup, &v1::Finding::configuration_backup>(node)) {
        const bool whole = copy->members_read() && copy->has_secrets() && copy->has_gitlab_rb() &&
                           copy->secrets_equal() != v1::ConfigurationBackup::DIFFERENT &&
                           copy->path().starts_with('/');
        if (whole && (newest == nullptr || newest->created_at().seconds() < copy->created_at().seconds()))
            newest = copy;
    }
    return newest == nullptr ? some_copy : newest->path();
}

// What `gitlab-backup restore` calls the archive; not of one whose name would be more than a word.
std::string backup_id(const Archive& archive) {
    constexpr std::string_view suffix = "_gitlab_backup.tar";
    auto name = archive_name(archive);
    if (!name.ends_with(suffix)) return some_backup;
    name.resize(name.size() - suffix.size());
    return is_plain_word(name) ? name : some_backup;
}

std::string words_for(const PlanSite& site, const PlanNodes& nodes, std::string_view many) {
    if (site.single()) return "the node";
    return nodes.size() == 1 ? "one node" : std::string(many);
}

class Returning {
  public:
    Returning(const Going& going, const Crew& crew, const Return& back)
        : going_(going), home_{going.leg.to, going.leg.from}, crew_(crew), back_(back) {
        writer_.begin(&home_, v1::PlanStep::IN_WINDOW);
    }

    std::vector<v1::PlanStep> steps() && {
        if (!crew_.sites.empty()) writer_.person("back_pause_jobs");
        for (const auto& site : crew_.sites) {
            if (site.secondary) continue;
            bring_back(site);
            restore(site);
        }
        for (const auto& site : crew_.sites) {
            if (!site.secondary) continue;
            bring_back(site);
            replicate(site);
        }
        writer_.at(nullptr);
        if (!crew_.sites.empty()) writer_.person("back_resume_jobs");
        return {std::make_move_iterator(plan_.mutable_steps()->begin()),
                std::make_move_iterator(plan_.mutable_steps()->end())};
    }

  private:
    void add(std::string_view text, const PlanNodes& nodes, std::string where, Fillings more = {}) {
        writer_.add({.text = text, .nodes = nodes, .where = std::move(where), .more = std::move(more)});
    }

    void stop_application(const PlanSite& site) {
        const auto nodes =
            chosen(site, [](const PlanNode& node) { return node.application && has_commands(node); });
        add("back_stop_application", nodes, words_for(site, nodes, "the Rails and Sidekiq nodes"));
    }

    void bring_back(const PlanSite& site) {
        writer_.at(crew_.geo ? &site : nullptr);
        stop_application(site);
        revert_postgresql(site);
        put_praefect_back(site);
        const auto held = chosen(site, [](const PlanNode& node) {
            return node.installed.what->held() &&
                   !release_words(node.way, node.installed.what->held_by()).empty();
        });
        add("back_release_package", held, words_for(site, held, "the nodes that hold it"));
        for (const auto& group : order_back(site)) install(site, group);
        add("back_hold_package", held, words_for(site, held, "the nodes that held it"));
        put_configuration_back(site);
        const auto all = leaders_last(chosen(site, has_commands));
        add("back_reconfigure", all, words_for(site, all, "all nodes"));
        const auto praefects = praefects_of(site);
        add("back_start_praefect", praefects, words_for(site, praefects, "the Praefect nodes"));
    }

    static PlanNodes praefects_of(const PlanSite& site) {
        return chosen(site, [](const PlanNode& node) {
            return has_role(*node.node, v1::NodeRoles::PRAEFECT) && has_commands(node);
        });
    }

    // Before its package: no Praefect of the version of before meets what a newer one has migrated.
    void put_praefect_back(const PlanSite& site) {
        const auto database = praefect_database(site);
        if (database.praefect == nullptr) return;
        const auto praefects = praefects_of(site);
        add("back_stop_praefect", praefects, words_for(site, praefects, "the Praefect nodes"));
        auto more = database.words;
        more["kept"] = {going_.leg.from.text()};
        add("back_praefect_database", {database.praefect}, words_for(site, {database.praefect}, ""), more);
    }

    void revert_postgresql(const PlanSite& site) {
        if (going_.database == nullptr) return;
        const auto* bundle = postgresql_bundle(going_.leg.to, back_.knowledge);
        const auto nodes =
            chosen(site, [](const PlanNode& node) { return node.database && has_commands(node); });
        // A package that brings one major alone has nothing to run the old data with.
        const bool both = bundle != nullptr && bundle->versions_size() > 1;
        add(both ? "back_revert_postgresql" : "back_postgresql_stays", nodes,
            words_for(site, nodes, "the PostgreSQL nodes"), {{"postgresql", {going_.database->to}}});
    }

    void install(const PlanSite& site, const GroupBack& group) {
        std::map<std::string_view, PlanNodes> by_text;
        for (const auto* node : group.nodes) by_text[install_text(*node)].push_back(node);
        const auto where = site.single() ? "the node" : nodes_at(group.place, group.nodes.size());
        const bool one_by_one = group.one_by_one && group.nodes.size() > 1;
        const auto note =
            one_by_one ? written("back_note_one_by_one", {}, back_.knowledge).title() : std::string();
        const auto put = [&](std::string_view text) {
            writer_.add({.text = text,
                         .nodes = by_text[text],
                         .where = where,
                         .one_by_one = one_by_one,
                         .measured = {.note = note}});
        };
        // The words of the node that leads come last.
        const auto last = install_text(*group.nodes.back());
        for (const auto& [text, some] : by_text) {
            if (text != last) put(text);
        }
        put(last);
    }

    void put_configuration_back(const PlanSite& site) {
        std::map<std::string, PlanNodes> by_copy;
        for (const auto* node : chosen(site, has_commands))
            by_copy[going_.first ? copy_of(*node->node) : some_copy].push_back(node);
        for (const auto& [copy, nodes] : by_copy) {
            add("back_configuration", nodes, words_for(site, nodes, "the nodes"), {{"copy", {copy}}});
        }
    }

    // Where the archive lies; else any node that can restore.
    PlanNodes restoring(const PlanSite& site) const {
        const auto* best = going_.first ? back_.archives.best : nullptr;
        auto nodes = chosen(site, [](const PlanNode& node) {
            return has_role(*node.node, v1::NodeRoles::RAILS) && has_commands(node);
        });
        if (nodes.empty()) return nodes;
        const auto holder = std::ranges::find_if(
            nodes, [best](const PlanNode* node) { return best != nullptr && node->node == best->node; });
        return {holder == nodes.end() ? nodes.front() : *holder};
    }

    bool through_pgbouncer() const {
        v1::Condition asked;
        asked.mutable_through_pgbouncer();
        return evaluate(asked, back_.fleet, back_.upgrade, back_.knowledge).truth == Truth::holds;
    }

    // By one node, or by a person where no Rails node was seen.
    void on_rails(const PlanSite& site, std::string_view text, const PlanNodes& nodes, const Fillings& more,
                  const Measured& measured = {}) {
        writer_.add({.text = text,
                     .nodes = nodes,
                     .where = words_for(site, nodes, ""),
                     .more = more,
                     .measured = measured});
        if (!site.has(v1::NodeRoles::RAILS))
            writer_.person(text, {{"where", {"a Rails node, which was not seen"}}, {"backup", {some_backup}}},
                           measured);
    }

    void restore_backup(const PlanSite& site, const PlanNodes& nodes) {
        const auto* best = going_.first ? back_.archives.best : nullptr;
        const Fillings more{{"backup", {best == nullptr ? some_backup : backup_id(*best)}}};
        const Measured server{.note = seen_to_write(site)};
        switch (backup_route(through_pgbouncer(), going_.leg.from, back_.knowledge)) {
            case BackupRoute::as_rails:
                return on_rails(site, "back_restore", nodes, more);
            case BackupRoute::by_override:
                return on_rails(site, "back_restore_past_pgbouncer", nodes, more, server);
            case BackupRoute::past_pgbouncer:
                on_rails(site, "back_bypass_pgbouncer", nodes, {}, server);
                on_rails(site, "back_restore", nodes, more);
                return on_rails(site, "back_end_bypass", nodes, {});
        }
    }

    void restore(const PlanSite& site) {
        const auto nodes = restoring(site);
        stop_application(site);
        restore_backup(site, nodes);
        const auto where = words_for(site, nodes, "");
        const auto all = leaders_last(chosen(site, has_commands));
        add("back_start", all, words_for(site, all, "all nodes"));
        const auto praefects = praefects_of(site);
        if (!praefects.empty()) add("back_praefect", {praefects.front()}, "one Praefect node");
        const auto databases = chosen(site, [](const PlanNode& node) {
            return node.database && has_commands(node) && (!node.patroni || node.leads);
        });
        add("back_analyze", databases, words_for(site, databases, "the PostgreSQL nodes"));
        if (site.has(v1::NodeRoles::PATRONI) && std::ranges::none_of(databases, &PlanNode::leads))
            writer_.person("back_analyze", {{"where", {"the PostgreSQL node that leads"}}});
        add("back_check", nodes, where);
    }

    // What the primary was restored to is not what its copies hold.
    void replicate(const PlanSite& site) {
        const auto clustered =
            chosen(site, [](const PlanNode& node) { return node.patroni && has_commands(node); });
        add("back_geo_replicate_patroni", clustered, words_for(site, clustered, "the Patroni nodes"));
        if (clustered.empty()) copy_anew(site);
        const auto all = leaders_last(chosen(site, has_commands));
        add("back_start", all, words_for(site, all, "all nodes"));
        const auto nodes = restoring(site);
        add("back_geo_check", nodes, words_for(site, nodes, ""));
    }

    // It wipes what is there: of several servers only a person who knows them says where.
    void copy_anew(const PlanSite& site) {
        auto copies = copies_of(site);
        std::erase_if(copies, [](const PlanNode* node) { return !has_commands(*node); });
        if (copies.size() < 2) return add("back_geo_replicate", copies, words_for(site, copies, ""));
        const auto where = "the node with the copy of the primary's database" + writer_.site_words();
        auto& step = writer_.person("back_geo_replicate", {{"where", {where}}});
        step.set_note(step.note() + " " + only_one_of(copies));
    }

    const Going& going_;
    Leg home_;
    const Crew& crew_;
    const Return& back_;
    v1::Plan plan_;
    Writer writer_{back_.knowledge, plan_};
};

}  // namespace

std::vector<v1::PlanStep> return_steps(const Going& going, const Crew& crew, const Return& back) {
    return Returning(going, crew, back).steps();
}

}  // namespace preflight::readiness
