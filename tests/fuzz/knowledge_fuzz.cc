// Knowledge in its text form: what validate() passes can be judged with.

#include <cstddef>
#include <cstdint>
#include <string>

#include "readiness/knowledge.h"
#include "readiness/knowledge_text.h"
#include "readiness/overrides.h"
#include "readiness/path.h"
#include "readiness/support.h"
#include "readiness/version.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace preflight;
    const std::string text(reinterpret_cast<const char*>(data), size);
    (void)readiness::lay_over(readiness::built_in_knowledge(), {{"fuzz.txtpb", text}});
    const auto parsed = readiness::parse_knowledge(text, "fuzz.txtpb");
    if (!parsed) return 0;
    const auto& knowledge = parsed->knowledge;
    // A file is a part of the knowledge: alone, and in the place of the same tables of the built-in one.
    (void)readiness::validate(knowledge);
    auto whole = readiness::built_in_knowledge();
    if (!knowledge.stops().empty()) whole.clear_stops();
    if (!knowledge.releases().empty()) whole.clear_releases();
    if (!knowledge.operating_systems().empty()) whole.clear_operating_systems();
    if (!knowledge.checks().empty()) whole.clear_checks();
    whole.MergeFrom(knowledge);
    if (!readiness::validate(whole).empty()) return 0;
    for (const auto* target : {"17.8.1", "18.11", "19.2.0", "19.3"}) {
        (void)readiness::find_path({16, 3, 2}, *readiness::parse_target(target), whole);
        for (const auto& row : whole.operating_systems()) {
            (void)readiness::packages_for(row, {}, *readiness::parse_target(target));
            (void)readiness::ending(row, *readiness::parse_target(target));
        }
    }
    return 0;
}
