// NodeNames: what the nodes of one report are called where people read: as short as leaves no doubt.
//
// A host name is cut at its first dot where no other host of the report starts the same, at a later dot or
// not at all where one does. Addresses and names that are no host names stay as they are. Immutable.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "preflight/v1/report.pb.h"

namespace preflight::readiness::render {

class NodeNames {
  public:
    explicit NodeNames(const v1::Report& report);

    // Visible text; a name that the report does not hold is not cut.
    std::string shown(const std::string& name) const;
    bool is_cut(const std::string& name) const { return cut_.contains(name); }
    bool any_is_cut() const { return !cut_.empty(); }

  private:
    std::map<std::string, std::string> cut_;  // from the whole name to the short one
};

template <typename Names>
std::vector<std::string> shown_all(const Names& whole_names, const NodeNames& names) {
    std::vector<std::string> all;
    all.reserve(static_cast<std::size_t>(std::size(whole_names)));
    for (const auto& name : whole_names) all.push_back(names.shown(name));
    return all;
}

}  // namespace preflight::readiness::render
