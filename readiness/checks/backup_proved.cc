#include "readiness/checks/backup_proved.h"

#include <algorithm>

#include "readiness/proofs.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Proof = v1::BackupProof;
using Member = v1::BackupProof::Member;
using Verdicts = std::vector<v1::Verdict>;

std::string_view fault_text(Member::Outcome outcome) {
    switch (outcome) {
        case Member::EMPTY:
            return "is empty";
        case Member::TORN:
            return "ends too early";
        case Member::CORRUPT:
            return "makes no sense from some place on";
        case Member::WRONG_CHECKSUM:
            return "has a wrong checksum";
        case Member::TRAILING_GARBAGE:
            return "is followed by what belongs to nothing";
        case Member::NO_CLOSING_LINE:
            return "is a dump that was not finished";
        default:
            return "";
    }
}

std::vector<std::string> faults_of(const Proof& proof) {
    std::vector<std::string> faults;
    for (const auto& member : proof.members()) {
        const auto text = fault_text(member.outcome());
        if (!text.empty()) faults.push_back(clipped(member.name(), 80) + " " + std::string(text));
    }
    return faults;
}

std::vector<std::string> unclear_members(const Proof& proof) {
    std::vector<std::string> unclear;
    for (const auto& member : proof.members()) {
        if (member.outcome() != Member::OK && fault_text(member.outcome()).empty())
            unclear.push_back(clipped(member.name(), 80));
    }
    return unclear;
}

template <typename List>
std::vector<std::string> texts(const List& list) {
    std::vector<std::string> words;
    for (const auto& word : list) words.push_back(clipped(word, 80));
    return words;
}

v1::Verdict below_listed(const Proof& proof, const std::string& name) {
    if (!proof.tasks_missing().empty())
        return verdict(
            v1::BLOCKER, "parts_missing",
            name + " lacks what every full backup has: " + listed_first(texts(proof.tasks_missing())));
    return verdict(v1::UNKNOWN, "not_listed", name + " could not be listed to its end");
}

v1::Verdict listed_only(const Proof& proof, const std::string& name) {
    if (proof.bytes_read() == 0)
        return verdict(v1::WARNING, "not_read", name + " is listed whole; its content was not read");
    if (const auto unclear = unclear_members(proof); !unclear.empty())
        return verdict(v1::UNKNOWN, "not_proved",
                       name + " holds parts of which nothing can be said: " + listed_first(unclear, 5));
    return verdict(v1::UNKNOWN, "not_read_to_end", name + " was not read to its end");
}

v1::Verdict by_rung(const Proof& proof, const std::string& name) {
    if (const auto faults = faults_of(proof); !faults.empty())
        return verdict(v1::BLOCKER, "corrupt", name + " cannot be restored: " + listed_first(faults, 5));
    switch (proof.rung()) {
        case Proof::NONE:
        case Proof::EXISTS:
            return below_listed(proof, name);
        case Proof::LISTED:
            return listed_only(proof, name);
        case Proof::READ:
            if (proof.running_version().empty())
                return verdict(v1::UNKNOWN, "running_unseen",
                               name + " was read whole; which version it must fit was not seen");
            return verdict(
                v1::BLOCKER, "other_version",
                name + " was read whole, but does not fit " + clipped(proof.running_version(), 40));
        case Proof::VERSION_FITS:
            return verdict(v1::READY, "proved", name + " was read whole and fits what runs");
        default:
            return verdict(v1::UNKNOWN, "not_listed", name + " is proved in a way that is not known here");
    }
}

std::string what_of(const Proof& proof) {
    const auto notes = texts(proof.notes());
    return passing(std::to_string(proof.bytes_read())) + " of " + std::to_string(proof.size_bytes()) +
           " bytes read" + (notes.empty() ? "" : "; " + listed_first(notes, 3));
}

Verdicts judge_best(const Archive& archive) {
    const auto name = archive_name(archive);
    const auto proof = last_proof(archive);
    Verdicts verdicts;
    if (proof.what == nullptr) {
        verdicts.push_back(
            verdict(v1::UNKNOWN, "unseen", "nothing is told of how far " + name + " is proved"));
        about_unseen(verdicts.front(), *archive.node, "backups");
        return verdicts;
    }
    verdicts.push_back(by_rung(*proof.what, name));
    if (proof.what->storages_shown() && !proof.what->storages_missing().empty()) {
        verdicts.push_back(verdict(v1::WARNING, "storages_missing",
                                   name + " holds no repository of these storages: " +
                                       listed_first(texts(proof.what->storages_missing()))));
    }
    for (auto& found : verdicts) about(found, *archive.node, *proof.finding, what_of(*proof.what));
    return verdicts;
}

Verdicts judge(const Fleet& fleet, const Upgrade&, const v1::Knowledge&) {
    const auto archives = archives_of(fleet);
    if (archives.best != nullptr) return judge_best(*archives.best);
    if (archives.absence == Absence::none && !fleet.nodes.empty())
        return {verdict(v1::NOT_APPLICABLE, "no_backup", "there is no complete backup that could be proved")};
    return {verdict(v1::UNKNOWN, "no_archive", "no backup was seen that could be proved")};
}

}  // namespace

constexpr Check backup_proved{
    .id = "backup.proved",
    .asks = "Is the backup proved to be readable?",
    .judge = judge,
};

}  // namespace preflight::readiness
