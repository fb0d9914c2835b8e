#include <fmt/format.h>

#include <algorithm>

#include "probes/backup_contents.h"
#include "probes/backup_proof.h"

namespace preflight::probes {
namespace {

using v1::BackupProof;

constexpr std::size_t piece_bytes = 64 * 1024;
constexpr int parts_limit = 200;  // named parts that are reported; GitLab makes some fifteen

class Reading {
  public:
    Reading(const TarBytes& read, const KeepOnProving& keep_on, BackupProof proof)
        : read_(read), keep_on_(keep_on), proof_(std::move(proof)) {}

    FoundProof to_end(const v1::BackupArchive& archive, const BackupGround& ground) {
        const auto walk = walk_tar(read_, archive.size_bytes(), archive.path(),
                                   [this](const TarMember& member) { return take(member); });
        if (!problem_ && !stopped_) problem_ = walk.problem;
        const bool read_all = !stopped_ && !problem_ && walk.complete_end;
        if (!read_all) {
            proof_.add_notes(
                fmt::format("stopped after {} of {} bytes", proof_.bytes_read(), archive.size_bytes()));
        }
        if (read_all && whole_ && proof_.rung() == BackupProof::LISTED) {
            const bool same = ground.running && ground.running->version == archive.version() &&
                              ground.running->edition == archive.edition();
            proof_.set_rung(same ? BackupProof::VERSION_FITS : BackupProof::READ);
        }
        return {std::move(proof_), std::move(problem_)};
    }

  private:
    bool take(const TarMember& member) {
        if (!keep_on_(proof_)) return stop();
        // No file, no content: links, directories.
        if (!member.is_file()) return true;
        at_ = member.offset;
        left_ = member.size_bytes;
        const auto next = [this] { return piece(); };
        if (auto part = known_backup_part(member.name)) {
            read_backup_part(next, *part);
            const bool ended = !stopped_ && !problem_;
            // A fault that was met before the end stands; what only seems torn because we stopped does not.
            if (!ended) part->set_outcome(BackupProof::Member::OUTCOME_UNSPECIFIED);
            if (ended && part->outcome() == BackupProof::Member::OUTCOME_UNSPECIFIED)
                proof_.add_notes(part->name() + " holds a longer name than is read: not proved");
            whole_ = whole_ && part->outcome() == BackupProof::Member::OK;
            if (proof_.members_size() < parts_limit) *proof_.add_members() = std::move(*part);
        }
        // Every byte, also of what is not looked into and of what stands behind a fault: the disk may refuse.
        while (!piece().empty()) continue;
        if (stopped_ || problem_) return false;
        proof_.set_members_read(proof_.members_read() + 1);
        return true;
    }

    bool stop() {
        stopped_ = true;
        return false;
    }

    std::string_view piece() {
        if (left_ == 0 || stopped_ || problem_) return {};
        if (!keep_on_(proof_)) {
            stop();
            return {};
        }
        auto bytes = read_(at_, static_cast<std::size_t>(std::min<std::uint64_t>(left_, piece_bytes)));
        if (!bytes) {
            problem_ = bytes.error();
            return {};
        }
        if (bytes->empty()) {
            problem_ = malformed(proof_.path(), "truncated: it became shorter while it was read");
            return {};
        }
        piece_ = std::move(*bytes);
        at_ += piece_.size();
        left_ -= piece_.size();
        proof_.set_bytes_read(proof_.bytes_read() + piece_.size());
        return piece_;
    }

    const TarBytes& read_;
    const KeepOnProving& keep_on_;
    BackupProof proof_;
    std::optional<Problem> problem_;
    bool stopped_ = false;
    bool whole_ = true;
    std::uint64_t at_ = 0;
    std::uint64_t left_ = 0;
    std::string piece_;
};

}  // namespace

FoundProof proof_by_reading(const TarBytes& read, const v1::BackupArchive& archive,
                            const BackupProof& by_listing, const BackupGround& ground,
                            const KeepOnProving& keep_on) {
    return Reading(read, keep_on, by_listing).to_end(archive, ground);
}

}  // namespace preflight::probes
