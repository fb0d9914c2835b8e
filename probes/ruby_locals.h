// RubyLocals: what the names stand for that gitlab.rb makes itself. One of them may be a section, or a part
// of one (`s = gitlab_rails`, `[nginx, registry].each { |s| … }`): who changes it changes the section.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "probes/ruby_words.h"

namespace preflight::probes {

enum class Made : std::uint8_t {
    own,      // the file's own, whatever is done to it
    holds,    // the file's own, with parts of sections in it: `{ 'a' => nginx }`
    perhaps,  // a section, a part of one, or what nobody knows
};

class RubyLocals {
  public:
    // In the order of the file. `depth`: the blocks that are open around the statement; parameters end with
    // theirs, variables with the file. What may be a section once stays so: what makes it another thing may
    // stand behind a condition.
    void note(RubyTokenSpan statement, int depth);

    // Nothing of a name that the file has not made, as a section's.
    std::optional<Made> made(std::string_view name) const;
    // Of the value of an expression.
    Made made_of(RubyTokenSpan value) const;

  private:
    struct Parameter {
        Made made = Made::perhaps;
        int depth = 0;  // of the statements that know it
    };

    void note_assigned(RubyTokenSpan names, RubyTokenSpan value);
    void note_parameters(RubyTokenSpan names, Made made, int depth);
    void note_block(RubyTokenSpan statement, std::size_t at, int depth);
    void note_definition(RubyTokenSpan statement, std::size_t at, int depth);
    Made made_at(RubyTokenSpan value, std::size_t at) const;

    std::map<std::string, Made, std::less<>> variables_;
    std::map<std::string, Parameter, std::less<>> parameters_;
};

}  // namespace preflight::probes
