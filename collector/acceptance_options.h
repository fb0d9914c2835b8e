// Acceptance options: what the commands waive and attest have in common.
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collector/acceptance_fields.h"
#include "collector/acceptance_file.h"
#include "collector/command_line.h"
#include "collector/exit_status.h"
#include "model/clock.h"

namespace preflight::collector {

// Takes the option's text over into its field. Throws UsageError where it is missing or wrong.
void take_option(google::protobuf::Message& acceptance, std::span<const AcceptanceField> fields,
                 std::string_view field, std::string_view option, const std::string& text);
// The same for when it ends. Throws UsageError also for a time that has passed.
void take_expiry(google::protobuf::Message& acceptance, std::span<const AcceptanceField> fields,
                 const std::string& text, const google::protobuf::Timestamp& at);

// "w-1f0c8a7b2d3e": of what is accepted alone, so that whoever accepts it again renews it.
std::string acceptance_id(std::string_view kind, std::initializer_list<std::string_view> parts);

// Changes the file and gives back the exit status. What `change` did it says in one line, which is printed;
// empty: nothing, and the file stays. Why it cannot be written is told.
int change_file(const std::filesystem::path& file,
                const std::function<std::string(v1::Acceptances&)>& change);

// --list and --remove, which both commands have beside what they are for.
struct KeepingOptions {
    bool list = false;
    std::string remove;  // id; empty: nothing
};
void add_keeping_options(CLI::App& command, KeepingOptions& options, const std::string& list_help,
                         const std::string& remove_help);
// Throws UsageError with `what_to_say` unless exactly one of three things is asked for: `given`, which the
// command is for, or one of these.
void need_one(bool given, const KeepingOptions& options, const std::string& what_to_say);

// A line for each, with whether it has expired; `none` where there is none.
void print_acceptances(const std::vector<const google::protobuf::Message*>& acceptances,
                       std::span<const AcceptanceField> fields, const google::protobuf::Timestamp& at,
                       const std::string& none);
// "--remove w-1: FILE has no such waiver"
[[noreturn]] void refuse_unknown(const std::filesystem::path& file, const std::string& id,
                                 std::string_view noun);

// Puts the acceptance in the place of that with its id, or behind all others.
template <typename Acceptance>
void renew(google::protobuf::RepeatedPtrField<Acceptance>& list, const Acceptance& acceptance) {
    const auto old = std::ranges::find(list, acceptance.id(), &Acceptance::id);
    if (old == list.end()) {
        *list.Add() = acceptance;
    } else {
        *old = acceptance;
    }
}

// Which list of the file a command is for, and how one of it is called.
template <typename Acceptance>
struct Kept {
    google::protobuf::RepeatedPtrField<Acceptance>* (v1::Acceptances::*list)();
    std::span<const AcceptanceField> fields;
    std::string_view noun;
};

// Lists or removes, whichever is asked for, and gives back the exit status. A file that is not there holds
// nothing.
template <typename Acceptance>
int keep(const std::filesystem::path& file, const KeepingOptions& options, const Kept<Acceptance>& kept) {
    if (!options.list) {
        return change_file(file, [&](v1::Acceptances& acceptances) {
            auto& all = *(acceptances.*kept.list)();
            const auto found = std::ranges::find(all, options.remove, &Acceptance::id);
            if (found == all.end()) refuse_unknown(file, options.remove, kept.noun);
            all.erase(found);
            return options.remove + " is removed";
        });
    }
    auto acceptances = load_acceptances(file, Absence::nothing_accepted);
    if (!acceptances) return complain_of(acceptances.error());
    std::vector<const google::protobuf::Message*> all;
    for (const auto& one : *((*acceptances).*kept.list)()) all.push_back(&one);
    print_acceptances(all, kept.fields, now(), "no " + std::string(kept.noun) + " in " + file.string());
    return all_well;
}

}  // namespace preflight::collector
