#include "readiness/plan/writer.h"

#include <algorithm>
#include <array>
#include <functional>
#include <string_view>
#include <utility>

#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Method = v1::Installation;

// Texts that are of one way to install say its commands themselves.
bool names_its_way(std::string_view text) {
    return text.ends_with("_docker") || text.ends_with("_cloud_native") || text.ends_with("_self_compiled");
}

bool runs(const v1::Command& command, std::string_view program) {
    return !command.argv().empty() && command.argv(0) == program;
}

// What listens on the loopback alone is asked from within: no port of it is on the host.
bool asks_loopback(const v1::Command& command) {
    return runs(command, "curl") && std::ranges::any_of(command.argv(), [](const std::string& word) {
               return word.find("://127.0.0.1") != std::string::npos ||
                      word.find("://localhost") != std::string::npos;
           });
}

// Typed on the host, or where the collector runs, however GitLab is installed.
bool is_of_host(const v1::Command& command) {
    constexpr std::array<std::string_view, 19> programs{"gitlab-preflight-agent",
                                                        "gitlab-preflight-collector",
                                                        "docker",
                                                        "kubectl",
                                                        "helm",
                                                        "systemctl",
                                                        "timedatectl",
                                                        "journalctl",
                                                        "dmesg",
                                                        "apt-get",
                                                        "apt-cache",
                                                        "apt-mark",
                                                        "dpkg",
                                                        "dpkg-query",
                                                        "dnf",
                                                        "yum",
                                                        "zypper",
                                                        "rpm",
                                                        "curl"};
    const bool any =
        std::ranges::any_of(programs, [&](std::string_view program) { return runs(command, program); });
    return any && !asks_loopback(command);
}

// No cron runs in the image: what starts there by the clock is started from the host.
void in_container(v1::Command& command) {
    if (is_of_host(command) || runs(command, "crontab")) return;
    v1::Command inside;
    // With a terminal and its input: some ask before they go on.
    for (const char* word : {"docker", "exec", "-it", "CONTAINER"}) inside.add_argv(word);
    inside.MergeFrom(command);
    command = std::move(inside);
}

bool names_container(const v1::Command& command) {
    return std::ranges::find(command.argv(), "CONTAINER") != command.argv().end();
}

// A text that asks for words that this node has not: its commands would be torn.
bool is_torn(const v1::Command& command) {
    return command.argv().empty() || std::ranges::any_of(command.argv(), [](const std::string& word) {
               return !placeholders_in(word).empty();
           });
}

void drop_torn(v1::PlanStep& step) {
    if (std::ranges::any_of(step.commands(), is_torn)) step.clear_commands();
    if (step.has_verify() && is_torn(step.verify())) step.clear_verify();
}

void add_note(v1::PlanStep& step, const std::string& note) {
    step.set_note(step.note().empty() ? note : step.note() + " " + note);
}

void add_measured(v1::PlanStep& step, const Measured& measured) {
    if (!measured.expected.empty()) step.set_expected(step.expected() + " " + measured.expected);
    if (!measured.note.empty()) add_note(step, measured.note);
    if (measured.seconds == 0) return;
    step.set_seconds_from(measured.seconds);
    step.set_seconds_to(measured.seconds);
    step.set_duration_source(measured.seconds_source);
}

bool has_commands(std::string_view text, const v1::Knowledge& knowledge) {
    const auto found = std::ranges::find(knowledge.steps(), text, &v1::StepText::id);
    return found != knowledge.steps().end() && !found->commands().empty();
}

// What a person must type to install on the node could not be said whole.
bool lacks_words(const PlanNode& node, const v1::PlanStep& step, const Work& work, const Leg* leg,
                 const v1::Knowledge& knowledge) {
    if (node.method() == Method::DOCKER)
        return work.text == "install_docker" && leg != nullptr &&
               image_name(*node.installed.what, leg->to).empty();
    return node.method() == Method::LINUX_PACKAGE && step.commands().empty() &&
           has_commands(work.text, knowledge);
}

}  // namespace

void fit_to_way(v1::PlanStep& step, const PlanNode& node, bool had_commands, const v1::Knowledge& knowledge) {
    if (node.method() == Method::DOCKER) {
        for (auto& command : *step.mutable_commands()) in_container(command);
        if (step.has_verify()) in_container(*step.mutable_verify());
        const bool inside = std::ranges::any_of(step.commands(), names_container) ||
                            (step.has_verify() && names_container(step.verify()));
        const bool told = step.note().find("docker ps") != std::string::npos;
        if (inside && !told) add_note(step, written("differs_docker", {}, knowledge).note());
    }
    const bool other = node.method() == Method::CLOUD_NATIVE || node.method() == Method::SELF_COMPILED;
    if (!other || !had_commands) return;
    auto& commands = *step.mutable_commands();
    commands.erase(std::remove_if(commands.begin(), commands.end(), std::not_fn(is_of_host)), commands.end());
    if (step.has_verify() && !is_of_host(step.verify())) step.clear_verify();
    const bool pods = node.method() == Method::CLOUD_NATIVE;
    add_note(step, written(pods ? "differs_cloud_native" : "differs_self_compiled", {}, knowledge).note());
}

void Writer::begin(const Leg* leg, v1::PlanStep::Phase phase) {
    leg_ = leg;
    phase_ = phase;
}

std::string Writer::site_words() const {
    if (site_ == nullptr || site_->name.empty()) return {};
    return site_->secondary ? " of the secondary site " + clipped(site_->name, 80) : " of the primary site";
}

Fillings Writer::fillings(const PlanNode* node, const Work& work) const {
    Fillings all = work.more;
    if (!work.where.empty() || !all.contains("where")) all["where"] = {work.where + site_words()};
    all["site"] = {site_words()};
    if (leg_ != nullptr) {
        all["version"] = {leg_->to.text()};
        all["from"] = {leg_->from.text()};
    }
    if (node == nullptr) return all;
    const auto fill = [&all](const char* name, Words words) {
        if (!words.empty()) all[name] = std::move(words);
    };
    const auto& held_by = node->installed.what->held_by();
    fill("refresh", refresh_words(node->way));
    fill("release", release_words(node->way, held_by));
    fill("hold", hold_words(node->way, held_by));
    fill("holds", holds_words(node->way, held_by));
    if (!node->way.package.empty()) fill("package", {node->way.package});
    if (leg_ == nullptr) return all;
    fill("install", install_words(node->way, leg_->to));
    const auto image = image_name(*node->installed.what, leg_->to);
    fill("image", {image.empty() ? "IMAGE" : image});
    return all;
}

v1::PlanStep Writer::for_kind(const PlanNode& node, const Work& work) {
    auto step = written(work.text, fillings(&node, work), knowledge_);
    drop_torn(step);
    if (work.beside_consul) add_note(step, written("differs_beside_consul", {}, knowledge_).note());
    if (work.beside_patroni) add_note(step, written("differs_beside_patroni", {}, knowledge_).note());
    add_measured(step, work.measured);
    if (names_its_way(work.text)) return step;
    fit_to_way(step, node, has_commands(work.text, knowledge_), knowledge_);
    return step;
}

v1::PlanStep& Writer::put(v1::PlanStep step, std::string_view text) {
    std::string id;
    if (leg_ != nullptr) {
        id = leg_->to.text() + "/";
        step.set_to(leg_->to.text());
    } else {
        id = phase_ == v1::PlanStep::AFTER ? "after/" : "before/";
    }
    if (site_ != nullptr && !site_->name.empty()) id += site_->key + "/";
    id += text;
    // The same work before and after a window, or in the words of two package managers.
    const auto times = ++ids_[id];
    step.set_id(times == 1 ? id : id + "-" + std::to_string(times));
    step.set_phase(phase_);
    auto& added = *plan_.add_steps();
    added = std::move(step);
    return added;
}

v1::PlanStep& Writer::person(std::string_view text, Fillings more, const Measured& measured) {
    const Work work{.text = text, .nodes = {}, .where = {}, .one_by_one = false, .more = std::move(more)};
    auto step = written(text, fillings(nullptr, work), knowledge_);
    drop_torn(step);
    add_measured(step, measured);
    return put(std::move(step), text);
}

void Writer::add(const Work& work) {
    std::vector<std::pair<v1::PlanStep, PlanNodes>> kinds;
    std::map<int, std::size_t> of_kind;
    std::map<std::string, std::size_t> of_words;
    for (const auto* node : work.nodes) {
        const auto [known, is_new] = of_kind.try_emplace(node->kind, 0);
        if (is_new) {
            auto step = for_kind(*node, work);
            const auto [same, first] = of_words.try_emplace(step.SerializeAsString(), kinds.size());
            if (first) kinds.emplace_back(std::move(step), PlanNodes());
            known->second = same->second;
        }
        kinds[known->second].second.push_back(node);
    }
    // A leader stays behind those of its cluster that type other words.
    const auto holds_last = [&work](const auto& kind) { return kind.second.back() == work.nodes.back(); };
    if (work.one_by_one) std::ranges::stable_partition(kinds, std::not_fn(holds_last));
    for (auto& [step, nodes] : kinds) {
        for (const auto* node : nodes) step.add_nodes(node->name);
        if (lacks_words(*nodes.front(), step, work, leg_, knowledge_)) {
            for (const auto* node : nodes) unknown_packages_.push_back(clipped(node->name, 80));
        }
        step.set_one_by_one(work.one_by_one && nodes.size() > 1);
        put(std::move(step), work.text);
    }
}

std::string nodes_at(Place place, std::size_t count) {
    return "the " + std::string(place_name(place)) + (count == 1 ? " node" : " nodes");
}

Fillings order_of_members(std::size_t count, std::string_view words) {
    return {{"order", {count > 1 ? std::string(words) : std::string()}}};
}

Fillings behind_all_replicas() { return {{"order", {", the leader, behind all replicas"}}}; }

}  // namespace preflight::readiness
