#include "readiness/knowledge.h"

#include <stdexcept>

#include "readiness/knowledge_text.h"
#include "readiness/knowledge_texts.h"

namespace preflight::readiness {
namespace {

v1::Knowledge load_built_in() {
    v1::Knowledge knowledge;
    for (const auto& [name, text] : knowledge_texts()) {
        const auto part = parse_knowledge(std::string(text), std::string(name));
        if (!part)
            throw std::logic_error("built-in knowledge " + part.error().source + ": " + part.error().detail);
        knowledge.MergeFrom(part->knowledge);
    }
    return knowledge;
}

}  // namespace

const v1::Knowledge& built_in_knowledge() {
    static const v1::Knowledge knowledge = load_built_in();
    return knowledge;
}

std::string version_text(const v1::Knowledge& knowledge) {
    auto text = knowledge.version();
    for (const auto& file : knowledge.overrides())
        text += (text == knowledge.version() ? ", overridden by " : ", ") + file;
    return text;
}

}  // namespace preflight::readiness
