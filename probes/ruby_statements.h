// RubyStatements: tokens of Ruby cut into statements, and whether a statement stands in a block: then it may
// not happen.
//
// Blocks are counted by their keywords (if … end, do … end); a block in braces belongs to its statement as a
// whole.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "probes/ruby_tokens.h"

namespace preflight::probes {

class RubyStatements {
  public:
    // The tokens must outlive this.
    explicit RubyStatements(const std::vector<RubyToken>& tokens) : tokens_(tokens) {}

    // The next statement without its line ends; empty when there are no more.
    std::vector<RubyToken> next();
    // Of the statement that next() gave: how many blocks are open around it.
    int depth() const { return depth_; }
    // At the end: a bracket was opened and not closed.
    bool torn() const { return brackets_ > 0; }

  private:
    void count_brackets(const RubyToken& token);
    void count_block(std::string_view word, bool first);
    bool ends_here(const std::vector<RubyToken>& statement) const;
    bool is_keyword() const;
    bool opens_condition(bool first) const;

    const std::vector<RubyToken>& tokens_;
    std::size_t at_ = 0;
    int brackets_ = 0;
    int blocks_ = 0;
    bool loop_ = false;
    int depth_ = 0;
};

}  // namespace preflight::probes
