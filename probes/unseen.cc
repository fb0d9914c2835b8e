#include "probes/unseen.h"

namespace preflight::probes {

void Unseen::note(Problem problem, std::string_view what) { noted_.emplace_back(std::move(problem), what); }

void Unseen::report(Findings& out) {
    std::string only_live;
    for (const auto& [problem, what] : noted_) {
        if (live_ || (problem.cause != v1::Gap::ABSENT && problem.cause != v1::Gap::NOT_LIVE)) {
            out.gap(problem, what);
        } else {
            only_live.append(only_live.empty() ? "" : ", ").append(what);
        }
    }
    noted_.clear();
    if (only_live.empty()) return;
    out.gap({v1::Gap::NOT_LIVE, "/proc",
             "this inspection reads a tree, and the tree does not hold what would say it"},
            only_live);
}

}  // namespace preflight::probes
