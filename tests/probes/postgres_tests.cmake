# The postgres and pgbouncer probes, against the real servers.
preflight_test(postgres_probe_test
  SOURCES gitlab_tables_test.cc name_server_test.cc real_dnsmasq.cc pgbouncer_pools_test.cc pgbouncer_test.cc postgres_state_test.cc
          postgres_test.cc postgres_uses_test.cc postgres_server.cc praefect_state_test.cc schema_migrations_test.cc
          search_stores_test.cc secret_proof_test.cc table_facts_test.cc tally_test.cc
  LIBRARIES preflight_node_tree preflight_test_servers)
