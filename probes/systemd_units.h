// SystemdUnits: timers and services as systemd puts them together: the directories that it searches,
// drop-ins, templates, masks. Read as files; systemd itself is not asked.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "probes/node/node.h"

namespace preflight::probes {

class SystemdUnits {
  public:
    explicit SystemdUnits(const Node& node);

    // Of every timer that is not masked, with the instances of templates that are enabled; in order of name.
    std::vector<std::string> timers() const;
    // The file that defines the unit, or the template it is made of; empty: there is none.
    std::string path_of(std::string_view name) const;
    // Its text, and behind it that of its drop-ins. What cannot be read is noted.
    std::string text_of(std::string_view name);
    // Linked into the .wants directory of some target.
    bool enabled(std::string_view name) const { return wanted_.contains(name); }

    const std::vector<Problem>& problems() const { return problems_; }

  private:
    using Paths = std::map<std::string, std::string, std::less<>>;

    void take(std::string_view directory);
    bool masked(const std::string& path) const;
    std::string read(const std::string& path);
    void note(const Problem& problem);

    const Node& node_;
    Paths units_;                                         // by name, the directory that wins
    std::map<std::string, Paths, std::less<>> drop_ins_;  // by unit and then by name
    std::set<std::string, std::less<>> wanted_;
    std::vector<Problem> problems_;
};

}  // namespace preflight::probes
