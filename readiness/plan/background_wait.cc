#include "readiness/plan/background_wait.h"

#include <algorithm>

#include "readiness/background_migrations.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Unfinished = std::vector<UnfinishedMigration>;

constexpr std::size_t told_migrations = 5;

// In a few sentences; of many the first.
std::string told(const Unfinished& all, bool ends) {
    std::string text;
    std::size_t more = 0;
    std::size_t count = 0;
    for (const auto& one : all) {
        if ((one.level == v1::WARNING) != ends) continue;
        if (++count > told_migrations) {
            ++more;
        } else {
            text += (text.empty() ? "" : " ") + sentence_of(one, one.takes) + ".";
        }
    }
    return more == 0 ? text : text + " " + std::to_string(more) + " more are like them.";
}

// They run side by side: the wait ends with the last.
std::uint64_t longest(const Unfinished& all) {
    std::uint64_t seconds = 0;
    for (const auto& one : all) {
        if (!one.seconds_left) return 0;
        seconds = std::max(seconds, *one.seconds_left);
    }
    return seconds;
}

}  // namespace

Measured wait_for_background(const Fleet& fleet, const Upgrade& upgrade) {
    const auto all = unfinished_migrations(fleet, upgrade.at);
    const bool off = !all.empty() && !migrations_switched_off(fleet).empty();
    const bool seen = migrations_seen(fleet);
    Measured wait;
    if (!off) wait.expected = told(all, true);
    wait.note = told(all, false);
    const auto note = [&wait](std::string_view text) {
        wait.note += (wait.note.empty() ? "" : " ") + std::string(text);
    };
    if (off) note("None goes on while the feature execute_batched_migrations_on_schedule is off.");
    if (!seen)
        note("Whether others are unfinished, and how long they take, was not seen.");
    else if (all.empty())
        note("None was unfinished when the database was read for this plan.");
    if (off || !seen) return wait;
    wait.seconds = longest(all);
    wait.seconds_source = "measured here: rows done within the last day";
    return wait;
}

Measured queued_by(const Leg& leg) {
    return {.note = "Which of them GitLab " + leg.to.text() +
                    " queues, and how long they take, is not known before it runs: an inspection some hours "
                    "later measures it."};
}

}  // namespace preflight::readiness
