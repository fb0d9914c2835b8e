// SpoolDrops: what the spool could not keep, as findings that the next inspection tells.
//
// Kept in the file "dropped" of the spool's folder until it is told, so that a restart forgets none of it.
// The disk that made the spool drop something may refuse this file too: then memory alone holds it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "preflight/v1/finding.pb.h"

namespace preflight::agent {

// A finding of the agent itself about one of its inspections.
v1::Finding agent_gap(v1::Gap::Cause cause, const std::string& source, std::string detail);

class SpoolDrops {
  public:
    // With what an earlier run has not told.
    explicit SpoolDrops(const std::filesystem::path& folder);

    void add(const std::string& inspection_id, std::string detail);
    const std::vector<v1::Finding>& all() const { return findings_; }
    // The first `count` of all() were told: forgets them.
    void told(std::size_t count);

  private:
    void keep() const;

    std::filesystem::path file_;
    std::vector<v1::Finding> findings_;
};

}  // namespace preflight::agent
