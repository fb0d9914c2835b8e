#include "readiness/way_back/steps.h"

#include <algorithm>
#include <map>
#include <utility>

#include "readiness/bundled_postgresql.h"
#include "readiness/plan/praefect_database.h"
#include "readiness/step_text.h"
#include "readiness/way_back/course.h"
#include "readiness/way_back/geo_back.h"
#include "readiness/way_back/order_back.h"
#include "readiness/way_back/restore_back.h"
#include "readiness/way_back/unpackaged_back.h"

namespace preflight::readiness {
namespace {

using Method = v1::Installation;

// A word that a person fills in.
constexpr auto some_copy = "CONFIGURATION_BACKUP";

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

class Returning {
  public:
    Returning(const Going& going, const Crew& crew, const Return& back)
        : going_(going), home_{going.leg.to, going.leg.from}, crew_(crew), back_(back) {
        writer_.begin(&home_, v1::PlanStep::IN_WINDOW);
    }

    std::vector<v1::PlanStep> steps() && {
        if (!crew_.sites.empty()) writer_.person("back_pause_jobs");
        for (const auto& site : crew_.sites) {
            if (!site.secondary) continue;
            at(site);
            hold_secondary(course_, site);
        }
        for (const auto& site : crew_.sites) {
            if (site.secondary) continue;
            at(site);
            stop_services(course_, site);
            stop_unpackaged(course_, site);
            bring_back(site);
            restore(course_, site);
        }
        for (const auto& site : crew_.sites) {
            if (!site.secondary) continue;
            at(site);
            bring_back(site);
            resume_secondary(course_, site);
        }
        writer_.at(nullptr);
        if (!crew_.sites.empty()) writer_.person("back_resume_jobs");
        return {std::make_move_iterator(plan_.mutable_steps()->begin()),
                std::make_move_iterator(plan_.mutable_steps()->end())};
    }

  private:
    void at(const PlanSite& site) { writer_.at(crew_.geo ? &site : nullptr); }

    void add(std::string_view text, const PlanNodes& nodes, std::string where, Fillings more = {}) {
        course_.add(text, nodes, std::move(where), std::move(more));
    }

    void bring_back(const PlanSite& site) {
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
        configure_unpackaged(course_, site);
        const auto all = leaders_last(chosen(site, has_commands));
        add("back_reconfigure", all, words_for(site, all, "all nodes"));
        const auto praefects = praefects_of(site);
        add("back_start_praefect", praefects, words_for(site, praefects, "the Praefect nodes"));
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
        for (const auto* node : chosen(site, has_commands)) {
            // One that runs another version by now may have copied what that version left.
            const bool of_before = going_.first && node->installed.version == going_.leg.from;
            by_copy[of_before ? copy_of(*node->node) : some_copy].push_back(node);
        }
        for (const auto& [copy, nodes] : by_copy) {
            add("back_configuration", nodes, words_for(site, nodes, "the nodes"), {{"copy", {copy}}});
        }
    }

    const Going& going_;
    Leg home_;
    const Crew& crew_;
    const Return& back_;
    v1::Plan plan_;
    Writer writer_{back_.knowledge, plan_};
    Course course_{going_, back_, writer_};
};

}  // namespace

std::vector<v1::PlanStep> return_steps(const Going& going, const Crew& crew, const Return& back) {
    return Returning(going, crew, back).steps();
}

}  // namespace preflight::readiness
