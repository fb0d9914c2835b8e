// Remedies: the remedies of a report's verdicts as steps of its plan, each at its place around the hop that
// needs it.
//
// Those that the plan does anyway (a backup, a lifted hold) are not said twice: its own step is named after
// the check. Views into the verdicts: they live no longer than it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "preflight/v1/report.pb.h"
#include "readiness/plan/undertaking.h"

namespace preflight::readiness {

using ReportVerdicts = google::protobuf::RepeatedPtrField<v1::Verdict>;

class Remedies {
  public:
    // Of blockers and warnings that nobody accepted. `target`: what a version in capitals stands for.
    Remedies(const ReportVerdicts& verdicts, const Undertaking& work);

    // Those of one phase, in order of what rests on what; without a leg those of no single hop, which there
    // are only before the first window.
    void write(Writer& writer, std::optional<std::size_t> leg, v1::RemedyPhase::Phase phase) const;
    // To the steps that are a remedy anyway: whose.
    void name_own(v1::Plan& plan) const;
    // As open points: those that no step of the plan mends.
    void say_open(v1::Plan& plan) const;

  private:
    struct Remedy {
        const v1::Verdict* verdict;
        std::optional<std::size_t> leg;
        v1::RemedyPhase::Phase phase;
        std::size_t rank;
    };

    void take(const v1::Verdict& verdict);
    void keep(const v1::Verdict& verdict, std::optional<std::size_t> leg);
    bool migrates_early(const v1::Verdict& verdict) const;
    bool leads(const std::string& name) const;
    bool one_by_one(const Remedy& remedy) const;
    std::vector<std::string> leaders_last(const v1::Verdict& verdict) const;
    void write_one(Writer& writer, const Remedy& remedy) const;
    // Nodes of a verdict on own work that no step reaches, of the instance none; nothing where it is mended.
    std::optional<std::vector<std::string>> left_out(const v1::Verdict& verdict, const v1::Plan& plan) const;

    const Undertaking& work_;
    std::map<std::string, const PlanNode*> nodes_;  // by name; of two alike the first
    std::vector<Remedy> remedies_;
    std::vector<const v1::Verdict*> own_;       // whose remedy is a step of the plan's own
    std::vector<const v1::Verdict*> wordless_;  // without a remedy that could be a step
};

// Where a check's remedies stand among the others; nothing for a check that no place is known for.
std::optional<std::size_t> remedy_rank(std::string_view check);

}  // namespace preflight::readiness
