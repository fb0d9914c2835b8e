// Deployment: a collector and its agents, the real programs, on loopback and in a temporary folder; and what
// of it is in the store. For tests that kill them.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "preflight/v1/inspection.pb.h"
#include "readiness/fleet.h"
#include "tests/integration/program.h"
#include "tests/temporary_folder.h"

namespace preflight {

const std::string agent_program = PREFLIGHT_AGENT;
const std::string collector_program = PREFLIGHT_COLLECTOR;
const std::filesystem::path sample_nodes = std::filesystem::path(PREFLIGHT_SOURCE_DIR) / "tests/nodes";
const std::vector<std::string> sample_fleet{"rails-1",  "rails-2",  "sidekiq-1", "praefect-1", "gitaly-1",
                                            "gitaly-2", "gitaly-3", "pg-1",      "redis-1"};

// A sample node's folder has its short name; some hosts call themselves by the long one.
std::filesystem::path folder_of(const v1::Node& node);

// What the agent's own `inspect` prints of a tree.
v1::Inspection inspect(const std::filesystem::path& root);

// Both inspections of one tree found the same, whenever that was and whoever asked for it: of the probes that
// finished in both, which must be half of them. Without the receipt, which differs each time, and without
// fingerprints by the collector's key, which an agent alone does not have.
void expect_same_findings(const v1::Inspection& delivered, const v1::Inspection& expected);

// Records are numbered without a hole from the first to the last.
void expect_whole(const std::vector<v1::Record>& records);

struct Deployment {
    // On a port of its own choice, the same one after a restart.
    void start_collector();
    // `node`: one of the sample nodes, or a tree's own path.
    std::vector<std::string> agent_for(const std::string& node, const std::string& more) const;
    Program& start_agent(const std::string& node, const std::string& more = "--once");

    std::filesystem::path store() const { return folder / "store.sqlite"; }
    std::filesystem::path spool(const std::string& node) const;
    readiness::Fleet fleet() const;
    // Every record that the store holds, by inspection, in the order of their sequences.
    std::map<std::string, std::vector<v1::Record>> stored() const;

    // Waits until an inspection that is not among `known` has so many records in the store; false after 60 s.
    bool wait_for_records(const std::map<std::string, std::vector<v1::Record>>& known,
                          std::size_t count) const;

    TemporaryFolder folder;
    std::string port = "0";
    std::unique_ptr<Program> collector;
    std::vector<std::unique_ptr<Program>> agents;
};

}  // namespace preflight
