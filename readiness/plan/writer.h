// Writer: writes the steps of a plan one after the other, each with its place and its words for these nodes.
//
// Which steps there are, and in which order, is for those that call it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "preflight/v1/plan.pb.h"
#include "readiness/plan/crew.h"
#include "readiness/route.h"
#include "readiness/step_text.h"

namespace preflight::readiness {

// What was measured on this fleet, beside what the knowledge says of the step; empty texts add nothing.
struct Measured {
    std::string expected = {};
    std::string note = {};
    std::uint64_t seconds = 0;  // 0: it gives no time
    std::string seconds_source = {};
};

// Of one text, and the nodes on which it is done.
struct Work {
    std::string_view text = {};  // id in the knowledge
    PlanNodes nodes = {};
    std::string where = {};  // "the Gitaly nodes": {where}
    bool one_by_one = false;
    bool beside_consul = false;   // on some of them a server of Consul restarts with them
    bool beside_patroni = false;  // on some of them a member of Patroni's cluster does
    Fillings more = {};
    Measured measured = {};
};

class Writer {
  public:
    Writer(const v1::Knowledge& knowledge, v1::Plan& plan) : knowledge_(knowledge), plan_(plan) {}

    // Where the next steps belong; without a leg to no single hop.
    void begin(const Leg* leg, v1::PlanStep::Phase phase);
    // The site whose steps come next; ids and titles name it where there are several.
    void at(const PlanSite* site) { site_ = site; }

    // A person's work, on no node.
    v1::PlanStep& person(std::string_view text, Fillings more = {}, const Measured& measured = {});
    // One step, or of nodes that type different commands one for each of those; nothing without nodes. What
    // is done one by one ends with the last of the nodes.
    void add(const Work& work);
    // One that was written elsewhere: its place comes to it here.
    v1::PlanStep& put(v1::PlanStep step, std::string_view id);

    // " of the secondary site berlin"; empty where there is but one.
    std::string site_words() const;
    const std::vector<std::string>& unknown_packages() const { return unknown_packages_; }

  private:
    Fillings fillings(const PlanNode* node, const Work& work) const;
    v1::PlanStep for_kind(const PlanNode& node, const Work& work);

    const v1::Knowledge& knowledge_;
    v1::Plan& plan_;
    const Leg* leg_ = nullptr;
    const PlanSite* site_ = nullptr;
    v1::PlanStep::Phase phase_ = v1::PlanStep::BEFORE_WINDOW;
    std::map<std::string, int> ids_;
    std::vector<std::string> unknown_packages_;  // nodes whose words for packages are not known
};

// As the way has them in which the node's GitLab is installed: within its container, or a note instead where
// there is no package. `had_commands`: the text of the step names any. What is typed on the host stays.
void fit_to_way(v1::PlanStep& step, const PlanNode& node, bool had_commands, const v1::Knowledge& knowledge);

// "the Gitaly nodes", "the Gitaly node": of so many.
std::string nodes_at(Place place, std::size_t count);
// {order} in a title: `words` where there are several to be put in order.
Fillings order_of_members(std::size_t count, std::string_view words);
// The same of a leader that has a step of its own.
Fillings behind_all_replicas();

}  // namespace preflight::readiness
