// ProbeRuns: misbehaving probes, run as the agent runs its own, and what came of it.
#pragma once

#include <algorithm>
#include <boost/asio.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "agent/runner.h"
#include "tests/agent/misbehaving_probes.h"

namespace preflight::agent {

struct ProbeRuns {
    std::vector<v1::ProbeRun> runs;
    std::vector<v1::Finding> findings;

    std::vector<std::string> found() const {
        std::vector<std::string> names;
        for (const auto& finding : findings) {
            if (finding.has_service()) names.push_back(finding.service().name());
        }
        return names;
    }
    std::vector<v1::Gap::Cause> gaps() const {
        std::vector<v1::Gap::Cause> causes;
        for (const auto& finding : findings) {
            if (finding.has_gap()) causes.push_back(finding.gap().cause());
        }
        return causes;
    }
    // Of the first gap.
    std::string detail() const {
        const auto gap = std::ranges::find_if(findings, [](const auto& one) { return one.has_gap(); });
        return gap == findings.end() ? std::string() : gap->gap().detail();
    }
};

inline ProbeRuns run(const std::vector<std::string_view>& names, RunnerOptions options = {},
                     probes::Asked asked = {}, const TakeFinding& look_at = {}) {
    std::vector<probes::Probe> probes;
    probes.reserve(names.size());
    for (const auto name : names) {
        probes.push_back(*std::ranges::find(misbehaving_probes(), name, &probes::Probe::name));
    }
    if (options.program.empty()) options.program = PREFLIGHT_MISBEHAVING_AGENT;
    ProbeRuns outcome;
    boost::asio::io_context loop(1);
    TakeFinding take = [&](const v1::Finding& finding) {
        outcome.findings.push_back(finding);
        if (look_at) look_at(finding);
    };
    boost::asio::co_spawn(loop, run_probes(options, probes, take, std::move(asked)),
                          [&](std::exception_ptr failure, auto runs) {
                              if (failure) std::rethrow_exception(failure);
                              outcome.runs = std::move(runs);
                          });
    loop.run();
    return outcome;
}

}  // namespace preflight::agent
