// Unseen: what one look could not see, gathered, so that a tree without its /proc is one gap and not ten.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/result.h"
#include "probes/probe.h"

namespace preflight::probes {

class Unseen {
  public:
    explicit Unseen(const Node& node) : live_(node.live()), has_etc_(node.status("/etc").has_value()) {}

    // `what` stays unknown because of `problem`.
    void note(Problem problem, std::string_view what);
    // In a tree, what a running machine would show is named in one gap: all but files of /etc that are
    // missing where the tree has an /etc. Everything else is a gap of its own.
    void report(Findings& out);

  private:
    bool only_live(const Problem& problem) const;

    bool live_;
    bool has_etc_;
    std::vector<std::pair<Problem, std::string>> noted_;
};

}  // namespace preflight::probes
