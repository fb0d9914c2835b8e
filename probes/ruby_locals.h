// RubyLocals: the variables of a gitlab.rb's own, and which of them may be one of its sections by another
// name
// (`s = gitlab_rails`, `[nginx, registry].each { |s| … }`): to change such a one changes the section.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "probes/gitlab_rb_keys.h"

namespace preflight::probes {

class RubyLocals {
  public:
    // In the order of the file: a name that is nothing's so far is a section's.
    void note(RubyTokenSpan statement);

    bool has(std::string_view name) const { return own_.contains(name) || maybe_section(name); }
    // Once it may be one, it stays so: what makes it another thing may stand behind a condition.
    bool maybe_section(std::string_view name) const { return maybe_sections_.contains(name); }

  private:
    void note_parameters(RubyTokenSpan names);
    void note_assigned(RubyTokenSpan names, RubyTokenSpan value);
    bool tells_section(RubyTokenSpan value) const;
    bool is_section(RubyTokenSpan value, std::size_t at) const;

    std::set<std::string, std::less<>> own_;
    std::set<std::string, std::less<>> maybe_sections_;
};

}  // namespace preflight::probes
