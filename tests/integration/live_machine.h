// LiveMachine: a node tree on which the real agent runs as on a machine of its own: its root is the tree, the
// programs and libraries are those of this machine, and what it dials on loopback is what the test started.
//
// Mounts live in a namespace of the program alone; the tree itself never holds one. Needs root.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "preflight/v1/inspection.pb.h"
#include "tests/integration/program.h"
#include "tests/probes/node_tree.h"

namespace preflight {

class LiveMachine {
  public:
    // With accounts, loopback's name, and nothing of GitLab. `program` is the agent.
    explicit LiveMachine(std::string program = PREFLIGHT_AGENT);

    probes::NodeTree& tree() { return tree_; }
    // The agent's command line with these words, on this machine, as root or as another user ("UID:GID").
    std::vector<std::string> agent(const std::vector<std::string>& words,
                                   std::string_view user = "0:0") const;
    // What `inspect --format json` says, with these words more.
    v1::Inspection inspect(const std::vector<std::string>& words = {}, std::string_view user = "0:0") const;

  private:
    std::string program_;
    probes::NodeTree tree_;
};

}  // namespace preflight
