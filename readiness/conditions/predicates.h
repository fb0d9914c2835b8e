// Predicates: the closed set of questions that a condition is made of, each evaluated by one function.
#pragma once

#include "readiness/conditions/scene.h"

namespace preflight::readiness {

// conditions/nodes.cc
Decided decide(const v1::IsInstalled& asked, const Scene& scene);
Decided decide(const v1::RunsVersion& asked, const Scene& scene);
Decided decide(const v1::RunsSystem& asked, const Scene& scene);
Decided decide(const v1::HasNodes& asked, const Scene& scene);
Decided decide(const v1::HasService& asked, const Scene& scene);
Decided decide(const v1::HasMarkerFile& asked, const Scene& scene);
Decided decide(const v1::OnFilesystem& asked, const Scene& scene);
Decided decide(const v1::SecurityIs& asked, const Scene& scene);
Decided decide(const v1::HasTornFile& asked, const Scene& scene);

// conditions/files.cc
Decided decide(const v1::BeyondAscii& asked, const Scene& scene);
Decided decide(const v1::CertificateKey& asked, const Scene& scene);
Decided decide(const v1::ChangedEdition& asked, const Scene& scene);

// conditions/configuration.cc
Decided decide(const v1::HasSetting& asked, const Scene& scene);
Decided decide(const v1::UsesService& asked, const Scene& scene);
Decided decide(const v1::SharesStoragePath& asked, const Scene& scene);
Decided decide(const v1::SecretsDiffer& asked, const Scene& scene);
Decided decide(const v1::UsesGeo& asked, const Scene& scene);
Decided decide(const v1::PlannedWithoutDowntime& asked, const Scene& scene);
Decided decide(const v1::AskPerson& asked, const Scene& scene);

// conditions/servers.cc
Decided decide(const v1::ServerIs& asked, const Scene& scene);
Decided decide(const v1::PostgresSets& asked, const Scene& scene);
Decided decide(const v1::LacksExtension& asked, const Scene& scene);
Decided decide(const v1::PendingRestart& asked, const Scene& scene);
Decided decide(const v1::ThroughPgbouncer& asked, const Scene& scene);
Decided decide(const v1::UnavailableRepositories& asked, const Scene& scene);

// conditions/tables.cc
Decided decide(const v1::InstanceSets& asked, const Scene& scene);
Decided decide(const v1::TableHas& asked, const Scene& scene);
Decided decide(const v1::UnfinishedMigration& asked, const Scene& scene);
Decided decide(const v1::TableFactIs& asked, const Scene& scene);
Decided decide(const v1::GeoSiteIs& asked, const Scene& scene);

}  // namespace preflight::readiness
