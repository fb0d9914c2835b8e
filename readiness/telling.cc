#include "readiness/telling.h"

#include <algorithm>
#include <utility>

#include "readiness/installed.h"
#include "readiness/node_match.h"

namespace preflight::readiness {
namespace {

// An address of the node itself is another place on every node.
bool is_local(const std::string& address) {
    return address.empty() || address.starts_with('/') || is_loopback(split_address(address, 0).host);
}

// Two agents may say that they are one node.
bool is_same(const FleetNode& one, const FleetNode& other) {
    const auto& here = one.inspection.node();
    const auto& there = other.inspection.node();
    return &one == &other || (here.name() == there.name() && here.id() == there.id());
}

// With their lengths, so that no other three give the same.
std::string as_one(std::string_view one, std::string_view two, std::string_view three) {
    std::string all;
    constexpr std::size_t room_for_lengths = 15;
    all.reserve(one.size() + two.size() + three.size() + room_for_lengths);
    for (const auto part : {one, two, three})
        all.append(std::to_string(part.size())).append(":").append(part);
    return all;
}

}  // namespace

bool unheard(const FleetNode& node, Roles roles, std::string_view probe, bool told) {
    const bool all = saw_all(node, probe);
    if (told) return !all;
    if (without_gitlab(node)) return false;
    return has_any_role(node, roles) || (!roles_seen(node) && !all);
}

void about_unanswered(v1::Verdict& verdict, const FleetNode& node,
                      std::initializer_list<std::string_view> kinds, const std::set<std::string>& answered) {
    if (std::ranges::none_of(kinds, [&](std::string_view kind) { return may_have_dialled(node, kind); }))
        return;
    for (const auto& [reach, finding] : findings_of<&v1::Finding::has_reach, &v1::Finding::reach>(node)) {
        const bool wanted = std::ranges::find(kinds, std::string_view(reach->kind())) != kinds.end();
        if (!wanted || answered.contains(reach->address())) continue;
        const auto why = reach->reached()          ? std::string("reached, and did not tell its state")
                         : reach->detail().empty() ? std::string("not reached")
                                                   : reach->detail();
        about(verdict, node, *finding, clipped(reach->address(), 120) + ": " + why);
    }
}

void about_untold(v1::Verdict& verdict, const FleetNode& node, const Dialling& dialling,
                  const std::set<std::string>& answered) {
    if (unheard(node, dialling.roles, dialling.probe, !answered.empty()))
        about_unseen(verdict, node, dialling.probe);
    about_unanswered(verdict, node, dialling.kinds, answered);
}

void make_of_instance(v1::Verdict& verdict) {
    verdict.clear_nodes();
    for (auto& evidence : *verdict.mutable_evidence()) evidence.set_of_any_node(true);
}

void Telling::begin(const FleetNode& node, const v1::Finding& finding, std::string_view address) {
    if (node_ == nullptr || !is_same(*node_, node)) shown_here_.clear();
    node_ = &node;
    finding_ = &finding;
    address_ = address;
    silent_ = true;
}

void Telling::say(v1::Verdict& verdict, std::string_view what) {
    silent_ = false;
    show(verdict, what);
}

void Telling::end(v1::Verdict& ready, std::string_view what) {
    if (silent_) show(ready, what);
}

void Telling::show(v1::Verdict& verdict, std::string_view what) {
    const auto text =
        address_.empty() ? std::string(what) : clipped(address_, 120) + ": " + std::string(what);
    auto& shown = is_local(address_) ? shown_here_ : shown_;
    if (shown.insert(as_one(verdict.key(), address_, text)).second) about(verdict, *node_, *finding_, text);
}

std::vector<v1::Verdict> kept(std::initializer_list<v1::Verdict*> verdicts, const Fleet& fleet,
                              std::string_view key, std::string_view summary) {
    std::vector<v1::Verdict> found;
    for (auto* one : verdicts) keep(found, std::move(*one));
    if (!found.empty()) return found;
    if (fleet.nodes.empty()) return {verdict(v1::UNKNOWN, "unseen", "no node has reported")};
    return {verdict(v1::NOT_APPLICABLE, key, summary)};
}

}  // namespace preflight::readiness
