// external_services: the servers outside of GitLab that this node is told to use: object storage, LDAP, mail,
// ClickHouse. Names and ports alone. Elasticsearch and Zoekt are set in the database, not on a node.
#pragma once

#include <yaml-cpp/yaml.h>

#include <string_view>

#include "probes/parsed.h"
#include "probes/probe.h"

namespace preflight::probes {

extern const Probe external_services;

// Of gitlab.yml's production section.
Parsed<v1::ExternalService> object_storages_of(const YAML::Node& production, std::string_view source);
Parsed<v1::ExternalService> ldap_servers_of(const YAML::Node& production, std::string_view source);
Parsed<v1::ExternalService> mailboxes_of(const YAML::Node& production, std::string_view source);

// The registry's config.yml: nothing where it keeps its files on the node.
Parsed<v1::ExternalService> registry_storage_of(std::string_view text, std::string_view source);

// click_house.yml.
Parsed<v1::ExternalService> click_houses_of(std::string_view text, std::string_view source);

}  // namespace preflight::probes
