// Knowledge entries: the knowledge for reading: every entry on one line, one of them whole, and what of it no
// finding can decide. Everything returned is visible text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "preflight/v1/knowledge.pb.h"

namespace preflight::readiness {

struct KnowledgeEntry {
    std::string kind;
    std::string id;
    std::string date;
    std::string source;
    std::string title;
};

// In the order of the tables, then of the knowledge.
std::vector<KnowledgeEntry> entries_of(const v1::Knowledge& knowledge);

// Every entry with this id as a file would have it, after comments that say when it applies and who decides
// that: the text may stand in a file that overrides it. Empty where there is none.
std::string entry_text(std::string_view id, const v1::Knowledge& knowledge);

// An entry that applies only under a condition.
struct DecidedEntry {
    std::string kind;
    std::string id;
    bool by_findings = false;  // else only a person's word can bring it to apply
    std::vector<std::string> probes;
    std::vector<std::string> questions;
    std::vector<std::string> answerable;  // of the questions, by attest: word for word, not made visible
};

std::vector<DecidedEntry> conditional_entries(const v1::Knowledge& knowledge);

}  // namespace preflight::readiness
