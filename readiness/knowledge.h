// Knowledge: the dated data of knowledge/*.txtpb, and what must hold of them. No I/O: what stands over them
// comes as text (overrides.h).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "preflight/v1/knowledge.pb.h"

namespace preflight::readiness {

// The data that were built into this program.
const v1::Knowledge& built_in_knowledge();

// Of which day they are, and which files override them: what a report is made with.
std::string version_text(const v1::Knowledge& knowledge);

// One thing that does not hold, and the rows that it is about; no rows: it is about the whole.
struct Wrong {
    std::string what;
    std::vector<const google::protobuf::Message*> rows;

    bool empty() const { return what.empty(); }
};

// Versions parse, intervals are not empty, ids are unique, dates are dates. Empty when all is well.
Wrong first_wrong(const v1::Knowledge& knowledge);
// The same, in words alone.
std::string validate(const v1::Knowledge& knowledge);

}  // namespace preflight::readiness
