// Telling: what nodes tell of the servers that they ask, and whether they told all of it.
//
// Several nodes tell of one server: what they agree on is shown once, with the first node that tells it.
#pragma once

#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "readiness/fleet.h"
#include "readiness/verdict.h"

namespace preflight::readiness {

using Roles = std::initializer_list<v1::NodeRoles::Role>;

// By its roles the node uses such a server, or it did not say them and might; and `probe`, which asks those
// servers, did not look to its end or told of none. `told`: it told of one.
bool unheard(const FleetNode& node, Roles roles, std::string_view probe, bool told);

// Says that the verdict is about the node's tries to reach servers of these kinds that led to no answer: none
// of the addresses of `answered`.
void about_unanswered(v1::Verdict& verdict, const FleetNode& node,
                      std::initializer_list<std::string_view> kinds, const std::set<std::string>& answered);

// Which nodes use such servers, which probe asks them, and of which kinds its tries to reach them are.
struct Dialling {
    Roles roles;
    std::string_view probe;
    std::initializer_list<std::string_view> kinds;
};

// Both of these: all that the node did not tell of such servers. `answered`: the addresses of those it told
// of.
void about_untold(v1::Verdict& verdict, const FleetNode& node, const Dialling& dialling,
                  const std::set<std::string>& answered);

// Every node that looks sees the same: the verdict is of the instance, told by whoever looked last, and no
// waiver hangs on who that was.
void make_of_instance(v1::Verdict& verdict);

// Judges one finding after the other, in order of the fleet: begin, say what is wrong, end.
class Telling {
  public:
    // Of `address`, as the node has it.
    void begin(const FleetNode& node, const v1::Finding& finding, std::string_view address);
    void say(v1::Verdict& verdict, std::string_view what);
    // Where nothing was said since the beginning, the verdict is about that finding.
    void end(v1::Verdict& ready, std::string_view what);

  private:
    void show(v1::Verdict& verdict, std::string_view what);

    const FleetNode* node_ = nullptr;
    const v1::Finding* finding_ = nullptr;
    std::string address_;
    bool silent_ = true;
    // Case, address and what is shown, as one: of servers that several nodes reach, and of the node's own.
    std::unordered_set<std::string> shown_;
    std::unordered_set<std::string> shown_here_;
};

// Takes those of the verdicts that are about any node, in this order; where there are none, UNKNOWN of a
// fleet without nodes and NOT_APPLICABLE of others, with this summary.
std::vector<v1::Verdict> kept(std::initializer_list<v1::Verdict*> verdicts, const Fleet& fleet,
                              std::string_view key, std::string_view summary);

}  // namespace preflight::readiness
