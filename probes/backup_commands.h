// BackupCommands: which commands of a shell script or of one command line make a backup of GitLab, and what
// they leave out.
//
// A command line may hold secrets: only the kind of backup, the tasks it skips and its folder come out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "preflight/v1/finding.pb.h"

namespace preflight::probes {

// Words of SKIP=, by what they leave out; "?" for what is computed.
using Skips = std::vector<std::string>;

struct MadeBackup {
    v1::BackupSchedule::Kind kind = v1::BackupSchedule::KIND_UNSPECIFIED;
    Skips skips;
    std::string
        folder;  // of `gitlab-ctl backup-etc`, where another than the usual is named; "?" when computed

    friend bool operator==(const MadeBackup&, const MadeBackup&) = default;
};

// Each once. Comments do not count. `around`: what the environment of the script skips.
std::vector<MadeBackup> backups_made_by(std::string_view script, Skips around = {});

// "db,uploads" as SKIP= is set to it, with quotes or without.
Skips skips_in(std::string_view value);
// Of the last SKIP=… in a line of shell; `around` where there is none.
Skips skips_of(std::string_view line, Skips around = {});

// The words of one line of shell up to a comment. Quotes only part words: a quoted command is one as well (sh
// -c '…').
std::vector<std::string_view> shell_words(std::string_view line);

// Lines as the shell and systemd read them: one that ends with a backslash goes on in the next.
std::vector<std::string> joined_lines(std::string_view text);

std::string_view take_line(std::string_view& text);

}  // namespace preflight::probes
