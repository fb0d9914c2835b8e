// FindingTexts: findings as short texts, for tests that compare what many nodes show.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "preflight/v1/finding.pb.h"

namespace preflight::probes {

using Texts = std::vector<std::string>;
using Found = std::vector<v1::Finding>;

// The messages of one kind among the findings, in their order.
template <typename Message>
std::vector<Message> all(const Found& found, bool (v1::Finding::*has)() const,
                         const Message& (v1::Finding::*get)() const) {
    std::vector<Message> taken;
    for (const auto& finding : found) {
        if ((finding.*has)()) taken.push_back((finding.*get)());
    }
    return taken;
}

// The only one of its kind; a test fails where there is none, or another.
template <auto has, auto get>
const auto& only(const Found& found) {
    const v1::Finding* match = nullptr;
    for (const auto& finding : found) {
        if (!(finding.*has)()) continue;
        EXPECT_EQ(match, nullptr) << "more than one";
        match = &finding;
    }
    static const v1::Finding none;
    EXPECT_NE(match, nullptr);
    return ((match == nullptr ? none : *match).*get)();
}
inline constexpr auto reach_of = only<&v1::Finding::has_reach, &v1::Finding::reach>;

// One text for each finding of the kind, in their order.
Texts systems(const Found& found);        // "ubuntu 22.04"
Texts installations(const Found& found);  // "LINUX_PACKAGE 18.11.4 EE", with " pending" where reconfigure is
Texts hosts(const Found& found);          // "FQDN ADDRESS,ADDRESS"
Texts roles(const Found& found);          // "RAILS KAS"
Texts services(const Found& found);       // "puma", "sidekiq disabled"
Texts databases(const Found& found);      // "ci HOST:PORT DATABASE (main)"
Texts redises(const Found& found);        // "cache SENTINEL MASTER HOST:PORT,HOST:PORT"
Texts storages(const Found& found);       // "default ADDRESS REMOTE"
Texts listeners(const Found& found);      // "redis ADDRESS:PORT", "redis SOCKET"
Texts archives(const Found& found);       // "TIME 18.11.4 EE skipped 0 holds 12", with " truncated"
Texts schedules(const Found& found);      // "APPLICATION 0 2 * * *"
// Of gaps, but for those that only a running machine can fill: "probe source CAUSE affects".
Texts gaps(const Found& found);

}  // namespace preflight::probes
