#include "readiness/render/return_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "readiness/render/summary.h"
#include "readiness/render/visible.h"

namespace preflight::readiness::render {
namespace {

constexpr std::array<v1::ReturnNeed::State, 4> worst_first{v1::ReturnNeed::MISSING, v1::ReturnNeed::NOT_KNOWN,
                                                           v1::ReturnNeed::ATTESTED, v1::ReturnNeed::PROVED};

// A state of tomorrow counts as not known: it must not get lost.
v1::ReturnNeed::State shown_state(const v1::ReturnNeed& need) {
    const bool known = std::ranges::find(worst_first, need.state()) != worst_first.end();
    return known ? need.state() : v1::ReturnNeed::NOT_KNOWN;
}

std::string or_unknown(const std::string& version) {
    return version.empty() ? "a version not known" : visible(version);
}

}  // namespace

NeedWords need_words(v1::ReturnNeed::State state) {
    switch (state) {
        case v1::ReturnNeed::MISSING:
            return {"missing", "x", "\u2715", "blocker"};
        case v1::ReturnNeed::ATTESTED:
            return {"attested by a person", "i", "i", "note"};
        case v1::ReturnNeed::PROVED:
            return {"proved", "+", "\u2713", "ready"};
        default:
            return {"not known", "?", "?", "unknown"};
    }
}

bool has_way_back(const v1::Report& report) {
    return !report.way_back().hops().empty() || !report.way_back().notes().empty();
}

std::string way_back_summary(const v1::WayBack& way_back) {
    const auto hops = static_cast<std::size_t>(way_back.hops_size());
    return hops == 0 ? "none" : plural(hops, "hop", "hops");
}

std::string return_title(const v1::HopBack& hop) {
    return fmt::format("From {} back to {}", or_unknown(hop.to()), or_unknown(hop.from()));
}

std::string need_counts(const v1::HopBack& hop) {
    std::vector<std::string> parts;
    for (const auto state : worst_first) {
        const auto count =
            std::ranges::count_if(hop.needs(), [&](const auto& need) { return shown_state(need) == state; });
        if (count > 0) parts.push_back(fmt::format("{} {}", count, need_words(state).state));
    }
    if (parts.empty()) return "what it needs is not known";
    return fmt::format("{}", fmt::join(parts, ", "));
}

std::vector<const v1::ReturnNeed*> needs_of(const v1::HopBack& hop) {
    std::vector<const v1::ReturnNeed*> needs;
    for (const auto state : worst_first) {
        for (const auto& need : hop.needs()) {
            if (shown_state(need) == state) needs.push_back(&need);
        }
    }
    return needs;
}

std::string no_return_words(const v1::HopBack& hop) {
    return hop.point_of_no_return().empty() ? "not known" : visible(hop.point_of_no_return());
}

}  // namespace preflight::readiness::render
