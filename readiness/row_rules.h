// Row rules: what must hold of one row of the knowledge by itself.
#pragma once

#include <string>

#include "preflight/v1/knowledge.pb.h"

namespace preflight::readiness {

// "19.2", and no patch.
bool is_minor(const std::string& text);
// "2026-08-21"
bool is_date(const std::string& text);

// The first thing that is wrong in the row; empty when nothing is.
std::string wrong_in_row(const v1::OperatingSystemSupport& row);
std::string wrong_in_row(const v1::Release& row);
std::string wrong_in_row(const v1::Stop& row);
std::string wrong_in_row(const v1::CheckText& row);
std::string wrong_in_row(const v1::PackageRule& row);
std::string wrong_in_row(const v1::Requirement& row);
std::string wrong_in_row(const v1::Bundle& row);
std::string wrong_in_row(const v1::ExtensionNeed& row);
std::string wrong_in_row(const v1::RemovedSetting& row);
std::string wrong_in_row(const v1::KnownIssue& row);
std::string wrong_in_row(const v1::StepText& row);
std::string wrong_in_row(const v1::Room& row);

}  // namespace preflight::readiness
