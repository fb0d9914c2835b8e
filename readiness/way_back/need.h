// Need: one thing that a return needs, gathered from what is known of it here and there; the worst counts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "preflight/v1/report.pb.h"
#include "preflight/v1/way_back.pb.h"
#include "readiness/check.h"

namespace preflight::readiness {

class Need {
  public:
    Need(std::string_view id, std::string what);

    // `shown`: its summary, nodes and evidence count.
    void say(v1::ReturnNeed::State state, v1::Verdict shown);
    // What the checks of these ids say, by level: READY is proved, UNKNOWN is not known, BLOCKER and WARNING
    // are missing. A check that said nothing leaves it open.
    void say_checks(const v1::Report& told, const std::vector<std::string_view>& checks);
    // Only what they leave open.
    void say_unknown(const v1::Report& told, const std::vector<std::string_view>& checks);
    // What was said so far to be open or missing, and is in force as a person's word, of the instance or of
    // each of its nodes, is ATTESTED.
    void attest(const Upgrade& upgrade, std::string_view statement);

    // Of which nothing was said is not known.
    v1::ReturnNeed result() &&;

  private:
    struct Saying {
        v1::ReturnNeed::State state;
        v1::Verdict shown;
    };

    void say_check(const v1::Verdict& verdict);

    v1::ReturnNeed need_;
    std::vector<Saying> said_;
};

}  // namespace preflight::readiness
