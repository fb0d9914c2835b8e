// NodeTree: a small node in a temporary folder, made by a test, removed with it; and the matchers for what
// probes find.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "probes/probe.h"
#include "tests/temporary_folder.h"

namespace preflight::probes {

class NodeTree {
  public:
    // Paths as the node names them; directories above are made. Each returns the tree, so that calls chain.
    NodeTree& file(std::string_view path, std::string_view content, unsigned mode = 0644);
    NodeTree& directory(std::string_view path);
    NodeTree& link(std::string_view path, std::string_view target);  // target as written into the link
    NodeTree& fifo(std::string_view path);
    NodeTree& modified(std::string_view path, TimePoint when);

    const std::filesystem::path& root() const { return root_; }
    Node node(Machine machine = Machine::by_root) const;
    // Runs the probe in this process; live: its connections reach what the test has started.
    std::vector<v1::Finding> look(const Probe& probe, Machine machine = Machine::by_root,
                                  const Asked& asked = {}) const;

  private:
    std::filesystem::path at(std::string_view path) const;

    TemporaryFolder root_;
};

// Matches a finding whose `what` equals the text: finding(R"(geo_role { role: PRIMARY source: "/etc/…" })").
// Probe, source and time are not compared.
::testing::Matcher<const v1::Finding&> finding(std::string_view text);
// Matches a gap of this cause (met at this source).
::testing::Matcher<const v1::Finding&> gap(v1::Gap::Cause cause);
::testing::Matcher<const v1::Finding&> gap(v1::Gap::Cause cause, std::string_view source);

// Every byte of the findings, for a search of secrets.
std::string bytes_of(const std::vector<v1::Finding>& findings);

}  // namespace preflight::probes
