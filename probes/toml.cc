#include "probes/toml.h"

#include <algorithm>

#include "probes/config_text.h"
#include "probes/plain_text.h"

namespace preflight::probes {
namespace {

constexpr std::size_t text_limit_bytes = std::size_t{1024} * 1024;
constexpr int depth_limit = 32;

// Looks over the text outside of strings and comments. toml++ bounds nested arrays, but not the tables that a
// dotted key makes, one for each dot, and takes them down again by recursion.
class Nesting {
  public:
    explicit Nesting(std::string_view text) : rest_(text) {}

    bool within_limits() {
        while (!rest_.empty()) {
            const char c = rest_.front();
            if (c == '#') {
                rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
                continue;
            }
            if (c == '"' || c == '\'') {
                skip_string(c);
                continue;
            }
            rest_.remove_prefix(1);
            if (!count(c)) return false;
        }
        return true;
    }

  private:
    bool count(char c) {
        if (c == '[' || c == '{') ++brackets_;
        if (c == ']' || c == '}') brackets_ = std::max(0, brackets_ - 1);
        if (c == '.') ++dots_;
        if (std::string_view("[]{},=\n").find(c) != std::string_view::npos) dots_ = 0;
        return brackets_ <= depth_limit && dots_ <= depth_limit;
    }

    void skip_string(char quote) {
        const std::string three(3, quote);
        const bool lines = rest_.starts_with(three);
        rest_.remove_prefix(lines ? 3 : 1);
        while (!rest_.empty()) {
            if (lines ? rest_.starts_with(three) : rest_.front() == quote || rest_.front() == '\n') break;
            rest_.remove_prefix(rest_.front() == '\\' && quote == '"' ? std::min<std::size_t>(2, rest_.size())
                                                                      : 1);
        }
        rest_.remove_prefix(std::min<std::size_t>(lines ? 3 : 1, rest_.size()));
        // Up to two more quotes belong to the text before the end of a string of several lines.
        for (int more = 0; lines && more < 2 && rest_.starts_with(quote); ++more) rest_.remove_prefix(1);
    }

    std::string_view rest_;
    int brackets_ = 0;
    int dots_ = 0;
};

}  // namespace

Result<toml::table> parse_toml(std::string_view text, std::string_view source) {
    if (text.size() > text_limit_bytes) {
        return Problem{v1::Gap::TOO_LARGE, std::string(source), "TOML of more than 1 MiB"};
    }
    if (!is_plain_text(text)) return malformed(std::string(source), "holds NUL bytes or invalid UTF-8");
    if (!Nesting(text).within_limits()) {
        return Problem{v1::Gap::TOO_LARGE, std::string(source), "nested too deep"};
    }
    try {
        return toml::parse(text);
    } catch (const toml::parse_error& problem) {
        const auto& place = problem.source().begin;
        return malformed(std::string(source), "not TOML at line " + std::to_string(place.line) + ", column " +
                                                  std::to_string(place.column));
    }
}

}  // namespace preflight::probes
