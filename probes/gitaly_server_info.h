// ServerInfoRule: whether Gitaly servers may be asked for their version (ServerInfo) without being written
// to.
//
// A Gitaly of 16 answers by making and removing a file in each of its storages, one of 17 is taken to do so,
// and from 18 on it only looks. So it must be sure before the call that none older than 18 answers. What a
// node has installed tells that neither of another node's Gitaly, which may lag behind in the middle of an
// upgrade, nor of its own, which may still run from before the package was changed. But stops may not be
// skipped: packages of 18.0 to 18.2 can be installed over 17.11, later ones over 18.2 at the earliest, when
// the whole instance had come there. Hence 18.3: a server from before 18 would have been left behind over two
// upgrades. Through Praefect a Gitaly answers that nobody chose; the rule speaks for each of them.
#pragma once

#include <string>
#include <string_view>

#include "probes/node/node.h"

namespace preflight::probes {

struct ServerInfoRule {
    bool may_ask = false;
    std::string why;  // a sentence for the finding's note
};

// By the version that is installed on this node: of the package, else of a pod's or a self-compiled root.
ServerInfoRule server_info_rule(const Node& node);
// By a version: "18.11.4", "18.11.4-ee". What is no release ("19.0.0-pre") tells nothing.
ServerInfoRule server_info_rule(std::string_view version);

}  // namespace preflight::probes
