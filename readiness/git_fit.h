// GitFit: whether the Git of every Gitaly that brings none of its own is fit for every hop.
//
// Packages and images bring a Git with each version, and so does a Gitaly that was built with one. Only a Git
// that somebody chose stays as it is: for a self-compiled Gitaly, or by its path in gitlab.rb.
#pragma once

#include <vector>

#include "readiness/check.h"

namespace preflight::readiness {

// Cases: git_too_old (BLOCKER), git_unseen (UNKNOWN), git_fit (READY); nothing where each brings its own.
std::vector<v1::Verdict> judge_git(const Fleet& fleet, const Upgrade& upgrade,
                                   const v1::Knowledge& knowledge);

}  // namespace preflight::readiness
