// Question: one question of GitLab Support's, and its answers as they are gathered.
#pragma once

#include <string>
#include <string_view>

#include "preflight/v1/report.pb.h"
#include "preflight/v1/support.pb.h"
#include "readiness/condition.h"
#include "readiness/route.h"

namespace preflight::readiness {

// What every answer goes by.
struct Asked {
    const Fleet& fleet;
    const Upgrade& upgrade;
    const Route& route;
    const v1::Knowledge& knowledge;
    const v1::Report& told;  // verdicts and endpoints, and the plan where there is one
};

class Question {
  public:
    explicit Question(v1::SupportQuestion& question) : question_(question) {}

    // `shown`: its evidence is the answer's, the first of it where it is much.
    v1::SupportAnswer& say(v1::SupportAnswer::State state, std::string_view subject, std::string_view text,
                           const v1::Verdict& shown = {});
    // The same of the nodes that `shown` is about, which the text names: "TEXT: a, b and 12 more". Nothing
    // where it is about none.
    void say_of_nodes(v1::SupportAnswer::State state, std::string_view text, const v1::Verdict& shown);

    bool answered() const { return !question_.answers().empty(); }

  private:
    v1::SupportQuestion& question_;
};

// Is it one of the running version, and so told with those (answer_known_issues)?
bool is_of(const v1::KnownIssue& issue, const Version& running);

// Each answers one question.
void answer_installation(Question& question, const Asked& asked);
void answer_systems(Question& question, const Asked& asked);
void answer_architecture(Question& question, const Asked& asked);
void answer_external(Question& question, const Asked& asked);
void answer_geo(Question& question, const Asked& asked);
void answer_unique(Question& question, const Asked& asked);
void answer_known_issues(Question& question, const Asked& asked);
void answer_open(Question& question, const Asked& asked);

}  // namespace preflight::readiness
