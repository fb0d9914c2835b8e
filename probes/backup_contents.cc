#include "probes/backup_contents.h"

#include <algorithm>
#include <string>

#include "probes/backup_archive.h"
#include "probes/gzip.h"
#include "probes/tar_stream.h"

namespace preflight::probes {
namespace {

using Member = v1::BackupProof::Member;

Member::Outcome outcome_of(GzipRead::Outcome outcome) {
    switch (outcome) {
        case GzipRead::Outcome::whole:
            return Member::OK;
        case GzipRead::Outcome::empty:
            return Member::EMPTY;
        case GzipRead::Outcome::not_gzip:
            return Member::NOT_GZIP;
        case GzipRead::Outcome::torn:
            return Member::TORN;
        case GzipRead::Outcome::corrupt:
            return Member::CORRUPT;
        case GzipRead::Outcome::wrong_checksum:
            return Member::WRONG_CHECKSUM;
        case GzipRead::Outcome::trailing_garbage:
            return Member::TRAILING_GARBAGE;
        case GzipRead::Outcome::stopped:
            break;
    }
    return Member::OUTCOME_UNSPECIFIED;
}

// The end of a text that comes in pieces.
class Tail {
  public:
    void feed(std::string_view piece) {
        constexpr std::size_t kept_bytes = 1024;
        if (piece.size() >= kept_bytes) {
            text_ = piece.substr(piece.size() - kept_bytes);
            return;
        }
        text_ += piece;
        if (text_.size() > kept_bytes) text_.erase(0, text_.size() - kept_bytes);
    }

    // pg_dump writes it last; minor releases since 2025 put a line "\unrestrict …" behind it.
    bool has_closing_line() const {
        return text_.find("\n-- PostgreSQL database dump complete\n") != std::string::npos;
    }

  private:
    std::string text_;
};

void read_dump(const PieceSource& next, Member& part) {
    Tail tail;
    const auto read = read_gzip(next, [&](std::string_view piece) {
        tail.feed(piece);
        return true;
    });
    part.set_inflated_bytes(read.bytes);
    part.set_outcome(outcome_of(read.outcome));
    if (part.outcome() == Member::OK && !tail.has_closing_line()) part.set_outcome(Member::NO_CLOSING_LINE);
}

// An archive that makes no sense is inflated to its end all the same: its checksum tells whose fault it is.
void read_files(const PieceSource& next, Member& part) {
    TarStream archive;
    const auto read = read_gzip(next, [&](std::string_view piece) {
        archive.feed(piece);
        return true;
    });
    part.set_inflated_bytes(read.bytes);
    part.set_files(archive.members());
    part.set_outcome(outcome_of(read.outcome));
    if (part.outcome() != Member::OK || archive.complete()) return;
    const auto fault = archive.corrupt() ? Member::CORRUPT : Member::TORN;
    part.set_outcome(archive.past_limit() ? Member::OUTCOME_UNSPECIFIED : fault);
}

}  // namespace

std::optional<Member> known_backup_part(std::string_view member_name) {
    constexpr std::string_view databases = "db/";
    constexpr std::string_view dump = ".sql.gz";
    constexpr std::size_t longest = 100;
    while (member_name.starts_with("./")) member_name.remove_prefix(2);
    Member part;
    part.set_name(std::string(member_name));
    if (member_name.starts_with(databases) && member_name.ends_with(dump) && member_name.size() <= longest) {
        const auto name =
            member_name.substr(databases.size(), member_name.size() - databases.size() - dump.size());
        const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
        if (name.empty() || !std::ranges::all_of(name, fits)) return std::nullopt;
        part.set_kind(Member::DUMP);
        return part;
    }
    const bool archive = member_name.find('/') == std::string_view::npos &&
                         backup_task_of(member_name, true, 1).has_value() && member_name.ends_with(".tar.gz");
    if (!archive) return std::nullopt;
    part.set_kind(Member::FILES);
    return part;
}

void read_backup_part(const PieceSource& next, Member& part) {
    if (part.kind() == Member::DUMP) return read_dump(next, part);
    read_files(next, part);
}

}  // namespace preflight::probes
