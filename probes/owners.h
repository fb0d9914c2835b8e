// Owners: names of users and groups by the node's own /etc/passwd and /etc/group: a tree's ids are not those
// of the machine that reads it. Names from a directory service are not known here and stay numbers.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "probes/node/node.h"

namespace preflight::probes {

using NamesById = std::map<std::uint32_t, std::string>;

// "name:x:id:…" per line, as in both files; the first name of an id counts.
NamesById parse_names(std::string_view text);

class Owners {
  public:
    // A file that cannot be read leaves its ids numbers: a number is true as well.
    explicit Owners(const Node& node);

    std::string user(std::uint32_t id) const;   // "git", or "uid 998"
    std::string group(std::uint32_t id) const;  // "git", or "gid 998"

  private:
    NamesById users_;
    NamesById groups_;
};

}  // namespace preflight::probes
