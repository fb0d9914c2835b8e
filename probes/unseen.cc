#include "probes/unseen.h"

namespace preflight::probes {

void Unseen::note(Problem problem, std::string_view what) { noted_.emplace_back(std::move(problem), what); }

void Unseen::report(Findings& out) {
    std::string together;
    for (const auto& [problem, what] : noted_) {
        if (only_live(problem)) {
            together.append(together.empty() ? "" : ", ").append(what);
        } else {
            out.gap(problem, what);
        }
    }
    noted_.clear();
    if (together.empty()) return;
    out.gap({v1::Gap::NOT_LIVE, "/proc",
             "this inspection reads a tree, and the tree does not hold what would say it"},
            together);
}

bool Unseen::only_live(const Problem& problem) const {
    if (live_) return false;
    if (problem.cause != v1::Gap::ABSENT) return problem.cause == v1::Gap::NOT_LIVE;
    // The C library or the package database may be left out of a tree; the files of /etc that name the host
    // are its core.
    return !std::string_view(problem.source).starts_with("/etc/") || !has_etc_;
}

}  // namespace preflight::probes
