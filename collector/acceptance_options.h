// Acceptance options: what the commands waive and attest have in common.
#pragma once

#include <google/protobuf/timestamp.pb.h>

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

namespace preflight::collector {

// Takes the option's text over into its field. Throws UsageError where it is missing or wrong.
void take_option(google::protobuf::Message& acceptance, std::span<const AcceptanceField> fields,
                 std::string_view field, std::string_view option, const std::string& text);
// The same for when it ends. Throws UsageError also for a time that has passed.
void take_expiry(google::protobuf::Message& acceptance, std::span<const AcceptanceField> fields,
                 const std::string& text, const google::protobuf::Timestamp& at);

// "w-1f0c8a7b2d3e": of what is accepted alone, so that whoever accepts it again renews it.
std::string acceptance_id(std::string_view kind, std::initializer_list<std::string_view> parts);

// Throws DataError for a file that cannot be read or holds something wrong. One that is not there holds
// nothing.
v1::Acceptances read_acceptances(const std::filesystem::path& file);
// Changes the file and gives back the exit status. What `change` did it says in one line, which is printed;
// empty: nothing, and the file stays. Why it cannot be written is told.
int change_file(const std::filesystem::path& file,
                const std::function<std::string(v1::Acceptances&)>& change);

// A line for each, with whether it has expired; `none` where there is none.
void print_acceptances(const std::vector<const google::protobuf::Message*>& acceptances,
                       std::span<const AcceptanceField> fields, const google::protobuf::Timestamp& at,
                       const std::string& none);

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

// False where there is none of this id.
template <typename Acceptance>
bool remove(google::protobuf::RepeatedPtrField<Acceptance>& list, const std::string& id) {
    const auto found = std::ranges::find(list, id, &Acceptance::id);
    if (found == list.end()) return false;
    list.erase(found);
    return true;
}

}  // namespace preflight::collector
