// Parsed: what a configuration file gave, and what in it could not be understood. One bad entry costs no
// other.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/result.h"

namespace preflight::probes {

template <typename Item>
struct Parsed {
    std::vector<Item> items;
    std::vector<Problem> problems;

    static Parsed of(Problem problem) {
        Parsed parsed;
        parsed.problems.push_back(std::move(problem));
        return parsed;
    }
    // An entry that is there but says something impossible. `detail` names the entry, never its content.
    void unclear(std::string_view source, std::string detail) {
        problems.push_back(malformed(std::string(source), std::move(detail)));
    }
};

}  // namespace preflight::probes
