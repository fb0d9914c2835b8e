#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>

#include "collector/command_line.h"
#include "collector/exit_status.h"
#include "collector/knowledge_in_use.h"
#include "collector/table.h"
#include "readiness/knowledge.h"
#include "readiness/knowledge_entries.h"
#include "readiness/knowledge_rows.h"

namespace preflight::collector {
namespace {

struct KnowledgeOptions {
    std::filesystem::path config;
    std::filesystem::path directory;
    std::string kind;
    std::vector<std::string> id;  // its words
    std::filesystem::path place;
    std::filesystem::path key;
};

v1::Knowledge knowledge_of(const KnowledgeOptions& options) {
    return knowledge_in_use(settings_of(options.config), options.directory);
}

int list(const KnowledgeOptions& options) {
    std::vector<std::vector<std::string>> rows{{"KIND", "ID", "DATE", "SOURCE", "TITLE"}};
    for (auto& entry : readiness::entries_of(knowledge_of(options))) {
        if (!options.kind.empty() && entry.kind != options.kind) continue;
        rows.push_back({std::move(entry.kind), std::move(entry.id), std::move(entry.date),
                        std::move(entry.source), std::move(entry.title)});
    }
    print_table(rows);
    return all_well;
}

int show(const KnowledgeOptions& options) {
    const auto id = fmt::format("{}", fmt::join(options.id, " "));
    const auto text = readiness::entry_text(id, knowledge_of(options));
    if (text.empty()) throw UsageError{"no entry has the id " + id + "; knowledge list names them all"};
    std::fwrite(text.data(), 1, text.size(), stdout);  // the program's end asks whether it arrived
    return all_well;
}

// Of a file or folder that is named: what it would lay over the built-in knowledge; else what is in use.
v1::Knowledge verified(const KnowledgeOptions& options, const Settings& settings) {
    if (options.place.empty()) return knowledge_in_use(settings, options.directory);
    const auto overridden = overridden_by(options.place, settings.knowledge_key);
    if (!overridden) throw DataError{line_of(overridden.error())};
    for (const auto& notice : overridden->notices) complain(notice);
    return overridden->knowledge;
}

int verify(const KnowledgeOptions& options) {
    auto settings = settings_of(options.config);
    if (!options.key.empty()) settings.knowledge_key = options.key;
    const auto knowledge = verified(options, settings);
    print_line(fmt::format("The knowledge of {} is whole: {} entries, up to GitLab {}.",
                           readiness::version_text(knowledge), readiness::entries_of(knowledge).size(),
                           knowledge.newest_known()));
    if (settings.knowledge_key.empty() && !knowledge.overrides().empty())
        print_line("No signature was verified: no public key is named.");
    return all_well;
}

int coverage(const KnowledgeOptions& options) {
    const auto entries = readiness::conditional_entries(knowledge_of(options));
    std::vector<std::vector<std::string>> rows{{"KIND", "ID", "A PERSON MUST SAY"}};
    for (const auto& entry : entries) {
        if (!entry.by_findings)
            rows.push_back({entry.kind, entry.id, fmt::format("{}", fmt::join(entry.questions, " "))});
    }
    const auto for_person = rows.size() - 1;
    print_line(fmt::format("{} entries apply only under a condition. Findings can decide {} of them, {} not.",
                           entries.size(), entries.size() - for_person, for_person));
    if (for_person > 0) print_table(rows);
    return all_well;
}

std::vector<std::string> kinds() {
    std::vector<std::string> names;
    for (const auto& table : readiness::row_tables()) names.emplace_back(table.kind);
    return names;
}

}  // namespace

void add_knowledge_command(CLI::App& program, int& status) {
    auto* command = program.add_subcommand("knowledge", "Read and verify what is known of GitLab's versions");
    command->require_subcommand(1);
    auto options = std::make_shared<KnowledgeOptions>();
    const auto add = [&](const char* name, const char* about, int (*run)(const KnowledgeOptions&)) {
        auto* part = command->add_subcommand(name, about);
        add_config_option(*part, options->config);
        add_knowledge_option(*part, options->directory);
        part->callback([options, &status, run] { status = run(*options); });
        return part;
    };
    add("list", "List every entry", list)
        ->add_option("--kind", options->kind, "Only entries of this kind")
        ->type_name("KIND")
        ->check(CLI::IsMember(kinds()).description(""));
    add("show", "Show one entry whole", show)
        ->add_option("id", options->id, "Its id, as `list` has it")
        ->type_name("ID")
        ->required();
    auto* verifying =
        add("verify", "Load and validate the knowledge, or what a file or folder would lay over it", verify);
    verifying->add_option("place", options->place, "A file *.txtpb, or a folder of them")->type_name("PATH");
    verifying->add_option("--key", options->key, "Public key that has signed it, instead of the settings'")
        ->type_name("PEM");
    add("coverage", "Tell which entries no finding can decide", coverage);
}

}  // namespace preflight::collector
