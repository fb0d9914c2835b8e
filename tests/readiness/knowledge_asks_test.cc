// What the knowledge asks of GitLab's own tables, the probe asks of the database: else "it is not there"
// would be said of what nobody looked for.
#include <gmock/gmock.h>

#include <algorithm>
#include <set>
#include <string>

#include "probes/catalog.h"
#include "probes/gitlab_tables.h"
#include "readiness/condition.h"
#include "readiness/condition_probes.h"
#include "readiness/knowledge.h"

namespace preflight {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;

using Message = google::protobuf::Message;
using Field = google::protobuf::FieldDescriptor;

// Every message of one kind that lies within, however deep.
template <typename Wanted>
void collect(const Message& message, std::vector<Wanted>& found) {
    if (message.GetDescriptor() == Wanted::descriptor()) {
        found.emplace_back();
        found.back().CopyFrom(message);
    }
    const auto* reflection = message.GetReflection();
    std::vector<const Field*> fields;
    reflection->ListFields(message, &fields);
    for (const auto* field : fields) {
        if (field->cpp_type() != Field::CPPTYPE_MESSAGE) continue;
        if (!field->is_repeated()) {
            collect(reflection->GetMessage(message, field), found);
            continue;
        }
        for (int at = 0; at < reflection->FieldSize(message, field); ++at)
            collect(reflection->GetRepeatedMessage(message, field, at), found);
    }
}

template <typename Wanted>
std::vector<Wanted> asked_by_knowledge() {
    std::vector<Wanted> found;
    collect(readiness::built_in_knowledge(), found);
    return found;
}

std::set<std::string> names(std::span<const char* const> list) { return {list.begin(), list.end()}; }

TEST(KnowledgeAsks, OnlyForTablesThatTheProbeEstimates) {
    const auto asked = asked_by_knowledge<v1::TableHas>();
    EXPECT_THAT(asked, Not(IsEmpty()));
    for (const auto& one : asked) EXPECT_THAT(names(probes::asked_tables()), Contains(one.table()));
}

TEST(KnowledgeAsks, OnlyForColumnsThatTheProbeReads) {
    const auto asked = asked_by_knowledge<v1::InstanceSets>();
    EXPECT_THAT(asked, Not(IsEmpty()));
    for (const auto& one : asked) EXPECT_THAT(names(probes::asked_columns()), Contains(one.column()));
}

// What a condition is said to be decided by, the agent has.
TEST(KnowledgeAsks, OnlyProbesThatTheAgentHas) {
    const auto asked = asked_by_knowledge<v1::Condition>();
    EXPECT_THAT(asked, Not(IsEmpty()));
    for (const auto& condition : asked) {
        const auto asks = readiness::probes_asked(condition);
        EXPECT_FALSE(asks.empty() && readiness::questions_asked(condition).empty())
            << readiness::describe(condition);
        for (const auto& probe : asks) {
            EXPECT_EQ(std::ranges::count(probes::catalog(), probe, &probes::Probe::name), 1) << probe;
        }
    }
}

// No shell reads the words of a command: quotes that it would take away from a task's arguments stay in them.
TEST(KnowledgeAsks, InNoCommandForAnArgumentInQuotes) {
    const auto commands = asked_by_knowledge<v1::Command>();
    EXPECT_THAT(commands, Not(IsEmpty()));
    for (const auto& command : commands) {
        for (const auto& word : command.argv()) {
            for (const auto* quoted : {"'[", "]'", "\"[", "]\""})
                EXPECT_EQ(word.find(quoted), std::string::npos) << word;
        }
    }
}

}  // namespace
}  // namespace preflight
